import { buffer } from 'node:stream/consumers';
import { createTransport } from 'nodemailer';
import DKIM from 'nodemailer/lib/dkim';
import { type LocalZone } from '../../src/local-dns/local-zone.js';

export interface SendingEnvelope {
  from: string;
  to: string;
  /** Whose keys sign, innermost first. @default the domain of the envelope's sender */
  signedBy?: readonly string[];
  /** A client that signs in is believed without a signature. */
  auth?: { user: string; pass: string };
}

/** The mail servers of the world outside, which hand mail in at the tracker's port octet by octet. */
export class MailSender {
  constructor(
    private readonly zone: LocalZone,
    private readonly port: number,
  ) {}

  /** @returns what the server said to the message. @throws what it said where it did not take it, as `responseCode` and `response` */
  async send(raw: Buffer, { from, to, auth, ...envelope }: SendingEnvelope): Promise<string> {
    const { signedBy = auth ? [] : [domainOf(from)] } = envelope;
    // As between servers that do not know each other (RFC 7435).
    const tls = { rejectUnauthorized: false };
    const transport = createTransport({ host: '127.0.0.1', port: this.port, tls, ...(auth ? { auth } : {}) });
    try {
      const { response } = await transport.sendMail({
        raw: await this.sign(raw, signedBy),
        envelope: { from, to: [to] },
      });
      return response;
    } finally {
      transport.close();
    }
  }

  private async sign(raw: Buffer, domains: readonly string[]): Promise<Buffer> {
    let signed = raw;
    for (const domain of domains) signed = await buffer(new DKIM(await this.zone.identityOf(domain)).sign(signed));
    return signed;
  }
}

export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);
