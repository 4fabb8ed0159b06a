import { type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { Busboy } from 'busboy';
import { TrackerError } from '../../kernel/errors.js';
import { type StoredAttachment } from '../../timeline/attachments/attachment-store.js';
import { type GivenFile, MAX_RECIPIENTS, MAX_TEXT, type Submission } from './write-request.js';

export const MAX_FILES = 20;
/** Octets of all files together: with what base64 adds, most servers still take the message (25 MiB and more). */
export const MAX_FILE_OCTETS = 20 * 1024 * 1024;

/** Of a form, without files or with them; the body as it comes, with a limit on all that it may hold. */
const limits = {
  fieldNameSize: 100,
  // One more than may be, so that too much is noticed.
  fieldSize: MAX_TEXT + 1,
  fields: MAX_RECIPIENTS + 10,
  files: MAX_FILES,
  fileSize: MAX_FILE_OCTETS + 1,
  headerPairs: 100,
};

/** Where the files of a form go. */
export interface FileKeeper {
  /** Reads a file to its end. */
  keep(bytes: Readable): Promise<StoredAttachment>;
  /** Of a form that is refused. */
  letGo(stored: readonly StoredAttachment[]): Promise<void>;
}

/**
 * Reads a multipart/form-data body (RFC 7578). Files are kept as they come, in bounded memory; of a form that is refused or
 * breaks off none stays.
 * @throws TrackerError `message-too-large`, `invalid-input` for a body that is no such form, `configuration-invalid` where the
 * library that reads it is missing.
 */
export async function readForm(request: IncomingMessage, keeper: FileKeeper): Promise<Submission> {
  const form = formOf(request, await loadBusboy());
  const fields = new Map<string, string[]>();
  const files = new FormFiles(keeper);
  try {
    await new Promise<void>((resolve, reject) => {
      const broken = () => reject(notAForm());
      form.on('field', (name, value, { valueTruncated }) => {
        if (valueTruncated) reject(tooLarge(`a field may hold ${MAX_TEXT / 1024} KB`));
        fields.set(name, [...(fields.get(name) ?? []), value]);
      });
      form.on('file', (_, bytes: Readable, file) => void files.take(bytes, file).catch(reject));
      form.on('filesLimit', () => reject(tooLarge(`it may have ${MAX_FILES} files`)));
      form.on('fieldsLimit', broken);
      form.on('error', broken);
      form.on('close', resolve);
      // A client that went away in the middle sends no end of the form.
      request.once('close', () => request.readableEnded || broken());
      request.once('error', broken);
      // What read the body before us has left nothing: waiting for it would never end.
      if (request.readableEnded || request.destroyed) broken();
      else request.pipe(form);
    });
    const values = [...fields].map(([name, given]) => [name, valueOf(name, given)]);
    return { fields: Object.fromEntries(values) as object, files: await files.all() };
  } catch (error) {
    // The rest is let go by, so that the client reads the answer.
    request.unpipe(form);
    request.resume();
    form.destroy();
    await files.letGo();
    throw error;
  }
}

/** The files of one form. */
class FormFiles {
  private readonly taken: Promise<GivenFile | undefined>[] = [];
  private octets = 0;

  constructor(private readonly keeper: FileKeeper) {}

  take(bytes: Readable, file: { filename?: string; mimeType: string }): Promise<unknown> {
    const taken = this.keep(bytes, file);
    this.taken.push(taken);
    return taken;
  }

  async all(): Promise<GivenFile[]> {
    return (await Promise.all(this.taken)).filter((file) => file !== undefined);
  }

  /** Once each of them is kept or has failed. */
  async letGo(): Promise<void> {
    const settled = await Promise.allSettled(this.taken);
    const kept = settled.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value.stored] : []));
    await this.keeper.letGo(kept);
  }

  private async keep(
    bytes: Readable,
    { filename: name, mimeType: type }: { filename?: string; mimeType: string },
  ): Promise<GivenFile | undefined> {
    const pieces = this.counted(bytes);
    const first = await pieces.next();
    // A browser sends a field in which no file was chosen as one without a name and content.
    if (first.done && !name) return undefined;
    const stored = await this.keeper.keep(Readable.from(following(first, pieces), { objectMode: false }));
    return { name, type, stored };
  }

  private async *counted(bytes: Readable): AsyncGenerator<Buffer, void> {
    for await (const piece of bytes as AsyncIterable<Buffer>) {
      this.octets += piece.length;
      if (this.octets > MAX_FILE_OCTETS) {
        throw tooLarge(`its files may hold ${MAX_FILE_OCTETS / 1024 / 1024} MiB together`);
      }
      yield piece;
    }
  }
}

async function* following(first: IteratorResult<Buffer, void>, rest: AsyncGenerator<Buffer, void>) {
  if (first.done) return;
  yield first.value;
  yield* rest;
}

/** Refuses a content type without a boundary. */
function formOf({ headers }: IncomingMessage, busboy: typeof import('busboy')): Busboy {
  try {
    return busboy({ headers, defParamCharset: 'utf8', limits });
  } catch {
    throw notAForm();
  }
}

/** `to` may stand there several times; any other field that does is refused as what it is. */
function valueOf(name: string, values: string[]): string | string[] {
  return name !== 'to' && values.length === 1 ? values[0] : values;
}

async function loadBusboy(): Promise<typeof import('busboy')> {
  try {
    return (await import('busboy')).default;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && /MODULE_NOT_FOUND/.test(String(error.code)))) throw error;
    throw new TrackerError(
      'configuration-invalid',
      'messages with files need the library busboy, which is not installed; run `npm install busboy@^1.6.0`',
    );
  }
}

const tooLarge = (limit: string) => new TrackerError('message-too-large', `the message is too large: ${limit}`);

function notAForm(): TrackerError {
  const message = 'must be a multipart/form-data form that nothing else has read before';
  return new TrackerError('invalid-input', 'correct the body', [{ field: 'body', message }]);
}
