import { MailTransportError } from '../../ports/mail-transport.js';
import { maskDiagnostic } from '../delivery/diagnostic.js';

/** What nodemailer says of a failed attempt. */
interface SmtpError extends Error {
  code?: string;
  /** The server's answer, all its lines. */
  response?: string;
  responseCode?: number;
}

/** The server refused this message; every other failure is about the connection, and passes. */
const aboutTheMessage = ['EENVELOPE', 'EMESSAGE'];

/**
 * 5xx answers that complain about us rather than about the message (RFC 4954 §6, RFC 3207 §4): the operator mends the
 * configuration, and the mails that waited go out.
 */
const aboutUs = [530, 534, 535, 538];

/** The failure of an attempt as the delivery queue understands it (MAIL-RULES R27): masked, and permanent or not. */
export function refusalOf(error: unknown, recipient: string): MailTransportError {
  const { code, response, responseCode, message } = toSmtpError(error);
  const enhancedCode = response && /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1];
  const permanent =
    aboutTheMessage.includes(code ?? '') &&
    responseCode !== undefined &&
    responseCode >= 500 &&
    !aboutUs.includes(responseCode);
  const said = maskDiagnostic(response ?? message, recipient);
  return new MailTransportError(said, permanent, responseCode, enhancedCode);
}

/** The recipient's address cannot be said to a server that speaks ASCII alone (MAIL-RULES R41). */
export function needsSmtpUtf8(): MailTransportError {
  return new MailTransportError(
    "the next server does not take the recipient's non-ASCII address",
    true,
    undefined,
    '5.6.7',
  );
}

function toSmtpError(error: unknown): SmtpError {
  return error instanceof Error ? error : new Error('unknown error');
}
