import { join } from 'node:path';
import { type Readable } from 'node:stream';
import { type AliasDirectory } from '../../alias/alias-directory.js';
import { type Clock } from '../../kernel/clock.js';
import { parseVerp } from '../../message/verp.js';
import { type KeyRing } from '../../persistence/key-ring.js';
import { type DnsResolver } from '../../ports/dns-resolver.js';
import { BOUNCE_LABEL, bounceDomain } from '../delivery/envelope-sender.js';
import { type IntegrationAccount, IntegrationAccounts } from './smtp/integration-accounts.js';
import { Pickup, type PickupEnvelope, type PickupReceipt } from './pickup.js';
import { type MailReceipt } from './smtp/mail-receipt.js';
import { MessageIntake } from './smtp/message-intake.js';
import { RecipientDesk } from './smtp/recipient-desk.js';
import { defaultSmtpLimits, type SmtpLimits } from './smtp/smtp-limits.js';
import { SmtpReceiver } from './smtp/smtp-receiver.js';
import { Spool } from './spool/spool.js';
import { CertificateRenewal } from './tls/certificate-renewal.js';
import { keptCertificate } from './tls/kept-certificate.js';
import { type CertifiedKey } from './tls/self-signed-certificate.js';
import { MailauthVerifier } from './verdict/mailauth-verifier.js';
import { type Refuse, RefusingScreen } from './verdict/refusing-screen.js';
import { type SenderVerdict } from './verdict/sender-verdict.js';
import { SenderScreen } from './verdict/sender-screen.js';

export interface InboundFrontOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** What the greeting calls us. @default the tracker domain */
  name?: string;
  /**
   * PEM, or `self-signed` for a key and certificate that are made for `name`, kept in `dataDirectory`, and renewed in time.
   * Without it neither STARTTLS nor AUTH is offered.
   */
  tls?: CertifiedKey | 'self-signed';
  /** Programs that may sign in. @default none */
  auth?: readonly IntegrationAccount[];
  limits?: Partial<SmtpLimits>;
  /** The current one first. */
  trackerDomains: readonly string[];
  /** Below these, the labels of the domains to which bounces come. @default `bounce` */
  bounceLabels?: readonly string[];
  dataDirectory: string;
  /** Where messages lie until they are worked on. @default the folder `spool` of `dataDirectory` */
  spoolDirectory?: string;
}

export interface InboundFrontParts {
  keys: KeyRing;
  clock: Clock;
  directory: Pick<AliasDirectory, 'resolve'>;
  dns: DnsResolver;
  /** Has the last word on a message whose header is right (R28). @default refuses none */
  refuse?: Refuse<SenderVerdict>;
}

/** The way in, from the port to the spool. What is taken lies in `spool` until somebody consumes it. */
export class InboundFront {
  private constructor(
    readonly spool: Spool<MailReceipt<SenderVerdict>>,
    private readonly receiver: SmtpReceiver<SenderVerdict>,
    private readonly pickup: Pickup,
    private readonly renewal: CertificateRenewal | undefined,
    private readonly intake: MessageIntake<SenderVerdict>,
  ) {}

  /** How many messages were taken since the start, whatever way they came. */
  get accepted(): number {
    return this.intake.accepted;
  }

  /** Reads what an earlier process left, and listens to nobody yet. @throws TrackerError naming a library that is missing. */
  static async open(options: InboundFrontOptions, parts: InboundFrontParts): Promise<InboundFront> {
    const { keys, clock, directory, dns, refuse } = parts;
    const { host, port, auth = [], trackerDomains, bounceLabels = [BOUNCE_LABEL], dataDirectory } = options;
    const bounceDomains = trackerDomains.flatMap((domain) => bounceLabels.map((label) => bounceDomain(domain, label)));
    const limits = { ...defaultSmtpLimits, ...options.limits };
    const accounts = new IntegrationAccounts(auth);
    const verifier = await MailauthVerifier.load(dns);
    const name = options.name ?? trackerDomains[0];
    const selfSigned = () => keptCertificate(join(dataDirectory, 'smtp-tls.pem'), name, clock.now());
    const tls = options.tls === 'self-signed' ? await selfSigned() : options.tls;
    const deliveryOf = (address: string) => deliveryBehind(address, keys, bounceDomains, clock.now());
    const spool = await Spool.open<MailReceipt<SenderVerdict>>({
      directory: options.spoolDirectory ?? join(dataDirectory, 'spool'),
      keys: keys.encryption,
      clock,
    });
    const sources = { trackerDomains, resolve: (address: string) => directory.resolve(address), deliveryOf };
    const desk = new RecipientDesk(sources, limits, clock);
    const sender = new SenderScreen({ verifier, mayWriteAs: (user, address) => accounts.mayWriteAs(user, address) });
    const screen = refuse ? new RefusingScreen(sender, refuse) : sender;
    const intake = new MessageIntake(spool, screen, limits, clock);
    const receiver = new SmtpReceiver({ host, port, name, tls, limits }, { desk, accounts, intake, clock });
    const renewal = options.tls === 'self-signed' ? new CertificateRenewal(selfSigned, receiver) : undefined;
    return new InboundFront(spool, receiver, new Pickup(desk, intake, limits.recipients), renewal, intake);
  }

  /** @returns the port that it listens on. */
  start(): Promise<number> {
    this.renewal?.start();
    return this.receiver.start();
  }

  /**
   * Takes a message that did not come by SMTP, by the same rules. What SMTP refuses for its header is taken with a
   * `fault` in its receipt (R13).
   *
   * @param content its octets, CRLF line ends; an error in it leaves nothing behind.
   * @throws SmtpReply where the message is refused for everybody, for good or for now.
   */
  receive(envelope: PickupEnvelope, content: Readable): Promise<PickupReceipt> {
    return this.pickup.receive(envelope, content);
  }

  /** Finishes what is being taken, and closes the spool. */
  async stop(): Promise<void> {
    this.renewal?.stop();
    await Promise.all([this.receiver.stop(), this.pickup.stop()]);
    await this.spool.close();
  }
}

/** Under every key that signs still, since a bounce comes days after its mail. */
function deliveryBehind(
  address: string,
  { index }: KeyRing,
  bounceDomains: readonly string[],
  now: number,
): string | undefined {
  for (const domain of bounceDomains) {
    for (const id of index.ids) {
      const found = parseVerp(address, index.byId(id)!, domain, now);
      if (found) return found.deliveryId;
    }
  }
  return undefined;
}
