import { withoutComments } from '../mime/header-parameters.js';
import { decodeHeaderText } from '../mime/encoded-words.js';
import { type DsnAction, type RecipientReport, statusIn } from './dsn-report.js';

/** Nobody's mail goes to more recipients than one; a server may have passed it on to some (RFC 3464 §2.3.3, `expanded`). */
const mostGroups = 200;
/** A longer part was made up, and so was a longer value. */
const mostOctets = 256 * 1024;
const longestValue = 4000;

const ACTIONS: readonly (readonly [RegExp, DsnAction])[] = [
  [/^(?:fail|expired)/, 'failed'],
  [/^(?:delay|defer|transient|warning)/, 'delayed'],
  [/^deliver/, 'delivered'],
  [/^relay/, 'relayed'],
  [/^expan/, 'expanded'],
];

/**
 * What the decoded body of a `message/delivery-status` part says of each recipient (RFC 3464 §2.1), and its relative for
 * non-ASCII addresses (RFC 6533 §3). Takes what servers make of it: wrong case, comments, a missing Action or Status, no empty
 * line between what is about the message and what is about a recipient. Never fails.
 */
export function readDeliveryStatus(body: Buffer): RecipientReport[] {
  const text = body.toString('latin1', 0, mostOctets).replace(/\r\n?/g, '\n');
  return text
    .split(/\n[ \t]*(?=\n)/, mostGroups)
    .map(fieldsOf)
    .flatMap(reportOf);
}

/** By lower-case name, unfolded; of a field that stands there twice the first counts. */
function fieldsOf(group: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of group.replace(/\n[ \t]+/g, ' ').split('\n')) {
    const [, name, value] = /^([\w-]{1,100})[ \t]*:(.*)$/.exec(line) ?? [];
    if (name !== undefined && !fields.has(name.toLowerCase()))
      fields.set(name.toLowerCase(), value.slice(0, longestValue).trim());
  }
  return fields;
}

function reportOf(fields: ReadonlyMap<string, string>): RecipientReport[] {
  const named = ['original-recipient', 'final-recipient', 'x-actual-recipient'].flatMap(
    (name) => fields.get(name) ?? [],
  );
  if (named.length === 0 && !fields.has('action')) return [];
  const diagnostic = decodeHeaderText(
    behindType(fields.get('diagnostic-code') ?? fields.get('x-supplementary-info') ?? ''),
  );
  const status = statusIn(fields.get('status') ?? '') ?? statusIn(diagnostic);
  const action = actionOf(fields.get('action') ?? '', status);
  if (!action) return [];
  const addresses = named.map((recipient) => decodeHeaderText(withoutComments(behindType(recipient)).trim()));
  return [{ action, status, diagnostic, addresses: [...new Set(addresses)] }];
}

function actionOf(written: string, status: string | undefined): DsnAction | undefined {
  const word = written.toLowerCase();
  const known = ACTIONS.find(([expression]) => expression.test(word))?.[1];
  if (known || status === undefined) return known;
  return ({ '2': 'delivered', '4': 'delayed', '5': 'failed' } as const)[status[0] as '2' | '4' | '5'];
}

/** `smtp; 550 …`, `rfc822;ana@shop.example`: the type says how to read what follows (RFC 3464 §2.1.2). */
function behindType(value: string): string {
  return value.replace(/^[ \t]*[\w.+-]{1,40}[ \t]*;[ \t]*/, '').replace(/^<(.*)>$/, '$1');
}
