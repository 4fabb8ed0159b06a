import { protectedAddresses } from '../leak-gate/protected-addresses.js';
import { isInText } from '../leak-gate/readings.js';
import { applyTextEdits, scrubEdits, type Scrubber } from '../mime/scrub-text.js';
import type { TextKind } from '../mime/text-layers.js';

/** Whose addresses are shown as aliases. */
export interface ShownPeople {
  /** Folded real address → alias, for every participant of the order. */
  readonly aliases: ReadonlyMap<string, string>;
  /** What the store itself publishes: stays. */
  readonly publicAddresses: readonly string[];
  /** Lower-case. */
  readonly trackerDomains: readonly string[];
}

/** A text as the timeline shows it. */
export type Shower = (text: string, kind: TextKind) => string;

/** Puts aliases in place of the order's people (MAIL-RULES R34). */
export function scrubberOf({ aliases, ...shown }: ShownPeople): Scrubber {
  return { protect: protectedAddresses(aliases.keys(), shown), aliasOf: (address) => aliases.get(address) ?? '' };
}

/**
 * The same for the timeline (R42). A text in which somebody still shows after that, as the last gate would see it, is not
 * shown at all.
 */
export function showerOf(people: ShownPeople): Shower {
  const scrubber = scrubberOf(people);
  const { protect } = scrubber;
  return (text, kind) => {
    if (protect.addresses.length === 0) return text;
    const scrubbed = applyTextEdits(text, scrubEdits(text, kind, scrubber));
    return isInText(scrubbed, protect) ? '' : scrubbed;
  };
}

/** One line of plain text, such as a subject, as the timeline shows it. */
export function shownLine(text: string, people: ShownPeople): string {
  return showerOf(people)(text, 'plain');
}
