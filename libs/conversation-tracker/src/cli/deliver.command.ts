import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { envelopeHeaders, signEnvelope } from '../mailer/inbound/webhook/envelope-signature.js';
import { type CommandOutput } from './command-output.js';
import { type DeliverOutcome, exits, outcomeOf } from './deliver-outcome.js';

const USAGE = `Usage: deliver --url URL --secret-file FILE --sender=ADDRESS --recipient=ADDRESS …
               [--client-address=IP] [--client-helo=NAME] [--timeout SECONDS]

Reads one message on standard input and hands it to the tracker: for a mail server that runs a command per message.

  --url URL            of the webhook, such as https://oms.example.com/conversation-tracker/inbound/raw
  --secret-file FILE   holds one of the option inbound.webhookSecrets
  --sender=ADDRESS     of MAIL FROM; empty, <> or MAILER-DAEMON for a report
  --recipient=ADDRESS  of RCPT TO; once for each
  --client-address=IP  who brought the message to the mail server, for SPF
  --client-helo=NAME   what that client called itself
  --timeout SECONDS    for the whole hand-over (default: 60)

Exit status (sysexits.h): 0 taken; 67 no such mailbox; 65 the message is refused; 69 refused otherwise; 75 to be tried
again, which is also what a wrong option or secret is.
`;

interface Wish {
  url: string;
  secret: string;
  sender: string;
  recipients: string[];
  clientAddress: string;
  clientHelo: string;
  timeoutMs: number;
}

/** @returns the exit status. */
export async function deliverCommand(
  args: readonly string[],
  write: CommandOutput,
  input: Readable = process.stdin,
): Promise<number> {
  let wish: Wish;
  try {
    wish = await parse(args);
  } catch (error) {
    write.error(`deliver: ${error instanceof Error ? error.message : 'failed'}\n\n${USAGE}`);
    return exits.tempFail;
  }
  const { status, text } = await post(wish, crlf(await buffer(input))).catch(unreachable);
  if (text !== '') write.error(`${text}\n`);
  return status;
}

async function parse(args: readonly string[]): Promise<Wish> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      url: { type: 'string' },
      'secret-file': { type: 'string' },
      sender: { type: 'string' },
      recipient: { type: 'string', multiple: true },
      'client-address': { type: 'string', default: '' },
      'client-helo': { type: 'string', default: '' },
      timeout: { type: 'string', default: '60' },
    },
  });
  const { url, 'secret-file': secretFile, sender, recipient = [], timeout } = values;
  if (!url || !/^https?:$/.test(new URL(url).protocol)) throw new Error('give the URL of the webhook by --url');
  if (!secretFile) throw new Error('name the file with the secret by --secret-file');
  if (sender === undefined) throw new Error('give the sender of the envelope by --sender=, be it empty');
  if (recipient.length === 0) throw new Error('give the recipients of the envelope by --recipient=');
  const timeoutMs = Number(timeout) * 1_000;
  if (!(timeoutMs > 0)) throw new Error('give a number of seconds above 0 by --timeout');
  return {
    url,
    secret: (await readFile(secretFile, 'utf8')).trim(),
    // Postfix's own word for the null sender.
    sender: /^(<>|MAILER-DAEMON)$/i.test(sender) ? '' : octets(sender),
    recipients: recipient.map(octets),
    clientAddress: known(values['client-address']),
    clientHelo: known(values['client-helo']),
    timeoutMs,
  };
}

async function post({ url, secret, timeoutMs, ...envelope }: Wish, message: Buffer): Promise<DeliverOutcome> {
  const signed = {
    ...envelope,
    timestamp: String(Math.floor(Date.now() / 1_000)),
    contentDigest: createHash('sha256').update(message).digest('base64'),
  };
  const headers = { ...envelopeHeaders(signed), 'X-Signature': signEnvelope(secret, signed) };
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'message/rfc822' },
    body: new Uint8Array(message),
    // A signature is not for another place.
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  return outcomeOf(response.status, await response.json().catch(() => undefined));
}

function unreachable(error: unknown): DeliverOutcome {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  const late = error instanceof Error && error.name === 'TimeoutError';
  return { status: exits.tempFail, text: late ? 'the tracker took too long' : `the tracker does not answer${code}` };
}

/** Pipes of Unix hand over lines that end in LF; mail ends them in CRLF (RFC 5322 §2.3). */
function crlf(message: Buffer): Buffer {
  return Buffer.from(message.toString('latin1').replaceAll(/\r?\n/g, '\r\n'), 'latin1');
}

/** Postfix says `unknown` of what it does not know. */
const known = (text: string) => (text.toLowerCase() === 'unknown' ? '' : octets(text));

/** For a header, which takes no control characters and carries UTF-8 as latin1. */
const octets = (text: string) => Buffer.from(text.replaceAll(/\p{Cc}/gu, '').trim()).toString('latin1');
