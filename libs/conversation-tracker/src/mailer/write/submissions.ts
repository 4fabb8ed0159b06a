import { type IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { AttachmentStore, type StoredAttachment } from '../../timeline/attachments/attachment-store.js';
import { readForm } from './read-form.js';
import { type Submission } from './write-request.js';

/** Express's request, or Fastify's with it. */
export type HttpRequest = IncomingMessage | { raw: IncomingMessage };

/**
 * Reads what people send to be written. Files go to their store as they come, encrypted, so that no request is in memory as a
 * whole; there they are held until a message has them, or until nobody will send them.
 */
@Injectable()
export class Submissions {
  constructor(private readonly attachments: AttachmentStore) {}

  /**
   * Reads a request, uses it, and lets go of the files that no message has afterwards.
   * @throws TrackerError as `readForm`.
   */
  async use<T>(
    storeId: string,
    { request, body }: { request: HttpRequest; body: unknown },
    use: (submission: Submission) => Promise<T>,
  ): Promise<T> {
    const submission = await this.read(storeId, request, body);
    try {
      return await use(submission);
    } finally {
      await this.letGo(storeId, submission);
    }
  }

  /**
   * The fields and files of a request: its form, or the JSON that the host's parser has read. Whoever asks for it calls
   * {@link letGo} in the end.
   * @throws TrackerError as `readForm`.
   */
  async read(storeId: string, request: HttpRequest, body: unknown): Promise<Submission> {
    const raw = 'raw' in request ? request.raw : request;
    const isForm = /^multipart\/form-data\s*(?:;|$)/i.test(raw.headers['content-type'] ?? '');
    if (!isForm) return { fields: body, files: [] };
    return readForm(raw, {
      keep: (bytes) => this.attachments.store(storeId, bytes),
      letGo: (stored) => this.drop(storeId, stored),
    });
  }

  /** Of files that no message has, nothing is left. */
  letGo(storeId: string, { files }: Pick<Submission, 'files'>): Promise<void> {
    return this.drop(
      storeId,
      files.map(({ stored }) => stored),
    );
  }

  /** Where that fails, they are dropped as those of a process that ended are. */
  private drop(storeId: string, stored: readonly StoredAttachment[]): Promise<void> {
    return this.attachments.letGo(storeId, stored).catch(() => undefined);
  }
}
