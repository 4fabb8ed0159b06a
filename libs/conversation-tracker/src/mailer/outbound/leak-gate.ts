import { TrackerError } from '../../kernel/errors.js';
import { findsLeak, type LeakRules } from '../../message/leak-gate/find-leak.js';

/**
 * The last look at a finished message of ours (MAIL-RULES R37), the same as a relayed one gets.
 *
 * @throws TrackerError `address-leak`, which names no address
 */
export function assertNoLeak(raw: Buffer, rules: LeakRules): void {
  if (!findsLeak(raw, rules)) return;
  throw new TrackerError(
    'address-leak',
    'The mail was not made: it would show a real address of the order. Look for one in its template, or name it in the ' +
      "store's public addresses if everybody may see it.",
  );
}
