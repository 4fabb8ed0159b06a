import { TrackerError } from '../../kernel/errors.js';
import { findsLeak, type LeakRules } from '../../message/leak-gate/find-leak.js';

/** Looks into a large message without holding anybody up: as `findsLeak`, in a worker. */
export type LeakSearch = (raw: Buffer, rules: LeakRules) => Promise<boolean>;

/** Octets that are searched in some milliseconds, whatever stands in them. */
const searchedHere = 32 * 1024;

/**
 * The last look at a finished message of ours (MAIL-RULES R37), the same as a relayed one gets.
 *
 * @param search for a large one. @default here, which holds up all else
 * @throws TrackerError `address-leak`, which names no address
 */
export async function assertNoLeak(raw: Buffer, rules: LeakRules, search?: LeakSearch): Promise<void> {
  const leaks = search && raw.length > searchedHere ? await search(raw, rules) : findsLeak(raw, rules);
  if (!leaks) return;
  throw new TrackerError(
    'address-leak',
    'The mail was not made: it would show a real address of the order. Look for one in its template, or name it in the ' +
      "store's public addresses if everybody may see it.",
  );
}
