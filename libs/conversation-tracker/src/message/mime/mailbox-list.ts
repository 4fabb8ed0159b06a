import { withoutComments } from './header-parameters.js';
import { decodeHeaderText, encodePhrase } from './encoded-words.js';

/** One mailbox of an address field. */
export interface Mailbox {
  readonly address: string;
  /** As shown; undefined where there is none. */
  readonly name?: string;
}

/** A quoted string, a comment (one level), an angle, a separator, or a run of anything else. */
const TOKEN = /"(?:[^"\\]|\\[^])*"?|\((?:[^()\\]|\\[^]|\([^()]*\))*\)?|<[^<>]*>?|[,;:]|[^",;:<(]+/g;

/** Mailboxes of From, To or Cc (RFC 5322 §3.4), groups taken apart; whatever has no at sign is none. Never fails. */
export function parseMailboxes(octets: string): Mailbox[] {
  const found: Mailbox[] = [];
  let words: string[] = [];
  let angle: string | undefined;
  const end = (): void => {
    const mailbox = toMailbox(words, angle);
    if (mailbox) found.push(mailbox);
    words = [];
    angle = undefined;
  };
  for (const [token] of octets.replace(/\r?\n/g, '').matchAll(TOKEN)) {
    if (token === ',' || token === ';') end();
    else if (token === ':') words = [];
    else if (token.startsWith('<')) angle ??= token.replace(/^<|>$/g, '');
    else words.push(token);
  }
  end();
  return found;
}

/** `Name <address>` as ASCII, but for an address that is none itself (RFC 6532). */
export function writeMailbox({ address, name }: Mailbox): string {
  return name === undefined || name === '' ? `<${address}>` : `${encodePhrase(name)} <${address}>`;
}

/** Mailboxes on lines of their own. */
export function writeMailboxes(mailboxes: readonly Mailbox[], lineBreak: string): string {
  return mailboxes.map(writeMailbox).join(`,${lineBreak} `);
}

function toMailbox(words: readonly string[], angle: string | undefined): Mailbox | undefined {
  const plain = words.filter((word) => !word.startsWith('('));
  // `<@a,@b:ana@shop.example>`: a source route of RFC 821.
  const address = withoutComments(angle?.replace(/^@[^:]*:/, '') ?? plain.join('')).trim();
  if (!address.includes('@')) return undefined;
  const name =
    angle === undefined ? words.filter((word) => word.startsWith('(')).map((word) => word.slice(1, -1)) : plain;
  const shown = decodeHeaderText(name.map(unquoted).join('').trim());
  return { address: decodeHeaderText(address), ...(shown === '' ? {} : { name: shown }) };
}

function unquoted(word: string): string {
  return word.startsWith('"') ? word.replace(/^"|"$/g, '').replace(/\\([^])/g, '$1') : word;
}
