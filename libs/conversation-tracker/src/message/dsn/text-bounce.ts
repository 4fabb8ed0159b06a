import { type RecipientReport, statusIn } from './dsn-report.js';

/** What tells that a server wrote a message that is no `multipart/report`. */
export interface TextBounceSigns {
  /** Decoded. */
  readonly subject: string;
  /** The decoded value of From. */
  readonly from: string;
  /** Exim's `X-Failed-Recipients`; empty where there is none. */
  readonly failedRecipients: string;
  /** The first text part, decoded. */
  readonly text: string;
}

/** No server explains itself at greater length; keeps the searches below short. */
const longestText = 20_000;

/** https://cr.yp.to/proto/qsbmf.txt: how every report of qmail begins, which has no other sign. */
const QMAIL = /^\s*Hi\. This is the/;
const SERVER = /(?:^|[\s<"(])(?:mailer[- ]daemon|mail[ .]delivery[ .](?:system|subsystem)|postmaster@)/i;
/** Where the returned message begins, in which nothing is said of the delivery. */
const RETURNED =
  /^-{3,} ?(?:Below|Original message|This is a copy|Returned message|Unsent message|Message (?:header|text))/im;
const STILL_TRYING =
  /\b(?:message .{1,100} delayed|delivery (?:is |has been )?delayed|still (?:trying|being)|will (?:be retried|continue|keep)|(?:continue|keep)s? (?:to try|trying)|no action is required)/i;
const NOT_DELIVERED =
  /undeliver|not (?:be |been )?deliver|did not reach|delivery (?:has |notification: )?fail|fail\w* (?:to deliver|notice)|delivery errors|attempting to deliver|mail (?:delivery )?failed|returned (?:mail|to sender)/i;
/** An answer of SMTP, with or without a status code. */
const ANSWER = /(?<![\d.])[45]\d\d[ -](?=#?[45]\.\d|[A-Za-z<])|(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)/;

/**
 * What a server that knows no RFC 3464 says of the one recipient that a mail of ours has: qmail, Exim before 4.90, and most
 * home-made ones. Undefined where nothing shows that a server wrote it, or that the mail did not arrive.
 */
export function readTextBounce({
  subject,
  from,
  failedRecipients,
  text,
}: TextBounceSigns): RecipientReport | undefined {
  const whole = text.slice(0, longestText);
  const said = whole.slice(0, RETURNED.exec(whole)?.index);
  const isKnown = QMAIL.test(said) || failedRecipients !== '';
  if (!isKnown && !SERVER.test(from)) return undefined;
  const diagnostic = answerIn(said);
  const delayed = STILL_TRYING.test(subject) || STILL_TRYING.test(said);
  const tells = delayed || diagnostic !== '' || NOT_DELIVERED.test(subject) || NOT_DELIVERED.test(said);
  if (!isKnown && !tells) return undefined;
  const addresses = failedRecipients.split(',').map((address) => address.trim());
  return {
    action: delayed ? 'delayed' : 'failed',
    status: statusIn(diagnostic),
    diagnostic,
    addresses: [...addresses, ...addressLines(said)].filter((address) => address !== ''),
  };
}

/** The line in which the server is quoted, from its answer on; else what stands below the recipient's address. */
function answerIn(said: string): string {
  const lines = said.split(/\r?\n/).map((line) => line.trim());
  for (const line of lines) {
    const answer = ANSWER.exec(line);
    if (answer) return line.slice(answer.index);
  }
  const at = lines.findIndex((line) => ADDRESS_LINE.test(line));
  return at === -1 ? '' : (lines[at + 1] ?? '');
}

const ADDRESS_LINE = /^<?([^\s<>@]{1,64}@[^\s<>:]{1,255})>?:?$/;

function addressLines(said: string): string[] {
  return said.split(/\r?\n/).flatMap((line) => ADDRESS_LINE.exec(line.trim())?.[1] ?? []);
}
