import { Injectable, Optional } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { LocalZone } from '../local-dns/local-zone.js';
import { Problem } from '../problem/problem.js';
import type { Letter } from './letter.js';
import { MailEntrance } from './mail-entrance.js';

const PATIENCE_MS = 30_000;

export interface HandedIn {
  messageId: string;
  /** What the server answered, such as `250 2.6.0 …`. */
  response: string;
}

/** The mail servers of everybody who has a mailbox here: hands in what the owners write, by SMTP and signed by their domain. */
@Injectable()
export class MailWriter {
  constructor(
    private readonly zone: LocalZone,
    @Optional() private readonly entrance?: MailEntrance,
  ) {}

  get canWrite(): boolean {
    return this.entrance?.port !== undefined;
  }

  /**
   * @param spoofed by somebody who has the sender's address and not the key of its domain
   * @throws Problem `mail-refused` with the server's answer
   */
  async handIn({ from, to, thread, attachments = [], ...content }: Letter, spoofed: boolean): Promise<HandedIn> {
    const port = this.entrance?.port;
    if (port === undefined) throw new Problem(409, 'no-mail-entrance', 'No port is open for mail to aliases');
    const dkim = spoofed
      ? undefined
      : await this.zone.identityOf(from.address.slice(from.address.lastIndexOf('@') + 1));
    const transport = createTransport({
      host: '127.0.0.1',
      port,
      // As between mail servers that do not know each other: encrypted, by whatever certificate (RFC 7435).
      tls: { rejectUnauthorized: false },
      socketTimeout: PATIENCE_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      const { messageId, response } = await transport.sendMail({
        ...content,
        attachments: [...attachments],
        from,
        to,
        references: [...thread],
        ...(thread.length > 0 ? { inReplyTo: thread.at(-1) } : {}),
        envelope: { from: from.address, to: [to.address] },
        ...(dkim ? { dkim } : {}),
      });
      return { messageId, response };
    } catch (error) {
      throw refused(error);
    } finally {
      transport.close();
    }
  }
}

/** Its text is the server's own answer, which names no address, or the fault of the connection. */
function refused(error: unknown): Problem {
  const { response, code } = error as { response?: string; code?: string };
  const answer = response ?? `no answer (${code ?? 'unknown'})`;
  return new Problem(422, 'mail-refused', 'The mail was refused', { answer });
}
