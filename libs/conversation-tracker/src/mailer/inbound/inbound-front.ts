import { join } from 'node:path';
import { type AliasDirectory } from '../../alias/alias-directory.js';
import { type Clock } from '../../kernel/clock.js';
import { parseVerp } from '../../message/verp.js';
import { type KeyRing } from '../../persistence/key-ring.js';
import { type DnsResolver } from '../../ports/dns-resolver.js';
import { bounceDomain } from '../delivery/envelope-sender.js';
import { type IntegrationAccount, IntegrationAccounts } from './smtp/integration-accounts.js';
import { type MailReceipt } from './smtp/mail-receipt.js';
import { defaultSmtpLimits, type SmtpLimits } from './smtp/smtp-limits.js';
import { SmtpReceiver } from './smtp/smtp-receiver.js';
import { Spool } from './spool/spool.js';
import { MailauthVerifier } from './verdict/mailauth-verifier.js';
import { type SenderVerdict } from './verdict/sender-verdict.js';
import { SenderScreen } from './verdict/sender-screen.js';

export interface InboundFrontOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** What the greeting calls us. @default the tracker domain */
  name?: string;
  /** PEM. Without it neither STARTTLS nor AUTH is offered. */
  tls?: { key: string; cert: string };
  /** Programs that may sign in. @default none */
  auth?: readonly IntegrationAccount[];
  limits?: Partial<SmtpLimits>;
  /** The current one first. */
  trackerDomains: readonly string[];
  /** The spool lies in its folder `spool`. */
  dataDirectory: string;
}

export interface InboundFrontParts {
  keys: KeyRing;
  clock: Clock;
  directory: Pick<AliasDirectory, 'resolve'>;
  dns: DnsResolver;
}

/** The way in, from the port to the spool. What is taken lies in `spool` until somebody consumes it. */
export class InboundFront {
  private constructor(
    readonly spool: Spool<MailReceipt<SenderVerdict>>,
    private readonly receiver: SmtpReceiver<SenderVerdict>,
  ) {}

  /** Reads what an earlier process left, and listens to nobody yet. @throws TrackerError naming a library that is missing. */
  static async open(options: InboundFrontOptions, parts: InboundFrontParts): Promise<InboundFront> {
    const { keys, clock, directory, dns } = parts;
    const { host, port, name, tls, auth = [], limits, trackerDomains, dataDirectory } = options;
    const accounts = new IntegrationAccounts(auth);
    const verifier = await MailauthVerifier.load(dns);
    const deliveryOf = (address: string) => deliveryBehind(address, keys, trackerDomains, clock.now());
    const spool = await Spool.open<MailReceipt<SenderVerdict>>({
      directory: join(dataDirectory, 'spool'),
      keys: keys.encryption,
      clock,
    });
    const receiver = new SmtpReceiver(
      { host, port, name: name ?? trackerDomains[0], tls, limits: { ...defaultSmtpLimits, ...limits } },
      {
        recipients: { trackerDomains, resolve: (address) => directory.resolve(address), deliveryOf },
        accounts,
        spool,
        screen: new SenderScreen({ verifier, mayWriteAs: (user, address) => accounts.mayWriteAs(user, address) }),
        clock,
      },
    );
    return new InboundFront(spool, receiver);
  }

  /** @returns the port that it listens on. */
  start(): Promise<number> {
    return this.receiver.start();
  }

  /** Finishes what is being taken, and closes the spool. */
  async stop(): Promise<void> {
    await this.receiver.stop();
    await this.spool.close();
  }
}

/** Under every key that signs still, since a bounce comes days after its mail. */
function deliveryBehind(
  address: string,
  { index }: KeyRing,
  trackerDomains: readonly string[],
  now: number,
): string | undefined {
  for (const domain of trackerDomains) {
    for (const id of index.ids) {
      const found = parseVerp(address, index.byId(id)!, bounceDomain(domain), now);
      if (found) return found.deliveryId;
    }
  }
  return undefined;
}
