import { Readable } from 'node:stream';
import { isAscii, parseEmailAddress } from '../../kernel/email-address.js';
import { TrackerError } from '../../kernel/errors.js';
import { isOwnAddress } from '../../message/alias-grammar.js';
import { cleanDisplayName } from '../../message/display-name.js';
import { type LeakRules } from '../../message/leak-gate/find-leak.js';
import { type ThreadHeaders } from '../../message/thread.js';
import { type TrackerOptions } from '../../ports/tracker-options.js';
import { DkimSigner } from './dkim-signer.js';
import { assertNoLeak, type LeakSearch } from './leak-gate.js';

/** Somebody as the mail shows them. */
export interface Mailbox {
  /** An alias: no other address is taken. */
  readonly address: string;
  /** Cleaned before it is shown (MAIL-RULES R32). Default: none. */
  readonly name?: string;
}

/** A file that goes with a mail. */
export interface MailFile {
  /** Clean (MAIL-RULES R40). */
  readonly name: string;
  /** `type/subtype` of its bytes, no multipart and no message. */
  readonly type: string;
  /** Octets. */
  readonly size: number;
  /** From the start each time. */
  readonly open: () => Promise<Readable>;
}

/** What a mail of ours says. */
export interface OwnMailContent {
  readonly from: Mailbox;
  readonly to: readonly Mailbox[];
  readonly subject: string;
  readonly text: string;
  /** Default: none. */
  readonly html?: string;
  /** Epoch milliseconds. */
  readonly date: number;
  readonly thread: ThreadHeaders;
  /** Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: none. */
  readonly files?: readonly MailFile[];
}

type OwnMailOptions = Pick<TrackerOptions, 'trackerDomain' | 'formerTrackerDomains' | 'dkim'>;

/** Makes finished messages of ours: composed, signed, and searched by the last gate. The same input gives the same bytes. */
export class OwnMail {
  private readonly trackerDomains: readonly [string, ...string[]];
  private readonly signer?: DkimSigner;

  /**
   * @param search looks for addresses in large mails
   * @throws TrackerError `configuration-invalid` for a DKIM key or selector that cannot work
   */
  constructor(
    { trackerDomain, formerTrackerDomains, dkim }: OwnMailOptions,
    private readonly search?: LeakSearch,
  ) {
    this.trackerDomains = [trackerDomain, ...formerTrackerDomains];
    if (dkim) this.signer = new DkimSigner(dkim, trackerDomain);
  }

  /**
   * RFC 5322 in 7 bits, signed where a DKIM key is set.
   * @throws TrackerError `invalid-input` where a mailbox is no alias, `address-leak` where a real address would show
   */
  async make(content: OwnMailContent, rules: Omit<LeakRules, 'trackerDomains'>): Promise<Buffer> {
    const message = await this.compose(content);
    const raw = this.signer ? await this.signer.sign(message) : message;
    await assertNoLeak(raw, { ...rules, trackerDomains: this.trackerDomains }, this.search);
    return raw;
  }

  private async compose(content: OwnMailContent): Promise<Buffer> {
    const { from, to, subject, text, html, date, thread, headers, files = [] } = content;
    const { messageId, inReplyTo, references } = thread;
    // Loaded for the first mail, to leave it out of the host's start.
    const { default: MimeComposer } = await import('nodemailer/lib/mail-composer');
    const composer = new MimeComposer({
      from: this.mailbox(from),
      to: to.map((one) => this.mailbox(one)),
      subject,
      date: new Date(date),
      messageId,
      inReplyTo,
      references: [...references],
      ...(headers ? { headers: { ...headers } } : {}),
      text,
      ...(html === undefined ? {} : { html }),
      attachments: files.map(({ name, type, open }) => ({
        filename: name,
        contentType: type,
        contentDisposition: 'attachment',
        content: Readable.from(opened(open)),
      })),
      encoding: 'quoted-printable',
      newline: 'win',
      baseBoundary: messageId.slice(1, 33),
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    return composer.compile().build();
  }

  private mailbox({ address, name = '' }: Mailbox): { address: string; name: string } {
    if (!isOwnAddress(address, this.trackerDomains) || !parseEmailAddress(address) || !isAscii(address)) {
      throw new TrackerError('invalid-input', 'A mail shows aliases only: give one as its sender and as its recipient');
    }
    return { address, name: cleanDisplayName(name) ?? '' };
  }
}

/** Opened when it is its turn: a mail has many files. */
async function* opened(open: () => Promise<Readable>) {
  yield* (await open()) as AsyncIterable<Buffer>;
}
