import { TrackerError } from '../../kernel/errors.js';
import { type MailTransport } from '../../ports/mail-transport.js';
import { type TrackerOptions } from '../../ports/tracker-options.js';
import { SmtpTransport } from './smtp-transport.js';
import { parseSmtpUrl } from './smtp-url.js';

/**
 * The way out that the options name: the host's own transport, or SMTP to a URL.
 *
 * @throws TrackerError `configuration-invalid` naming `mail` or `mail.url`
 */
export function createMailTransport(mail: TrackerOptions['mail']): MailTransport {
  const given: Partial<MailTransport> & { url?: unknown } = mail ?? {};
  if (typeof given.send === 'function' && typeof given.close === 'function') return mail as MailTransport;
  if (typeof given.url === 'string') return new SmtpTransport(parseSmtpUrl(given.url));
  throw new TrackerError(
    'configuration-invalid',
    'mail: give { url } such as { url: "smtps://user:password@mail.example.com" }, or a transport with send and close',
  );
}
