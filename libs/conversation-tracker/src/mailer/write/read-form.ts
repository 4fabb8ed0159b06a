import { type IncomingMessage } from 'node:http';
import { type Readable } from 'node:stream';
import type { Busboy } from 'busboy';
import { TrackerError } from '../../kernel/errors.js';
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

/**
 * Reads a multipart/form-data body (RFC 7578). No file is written; what is too much is not kept.
 * @throws TrackerError `message-too-large`, `invalid-input` for a body that is no such form, `configuration-invalid` where the
 * library that reads it is missing.
 */
export async function readForm(request: IncomingMessage): Promise<Submission> {
  const form = formOf(request, await loadBusboy());
  const fields = new Map<string, string[]>();
  const files: GivenFile[] = [];
  let octets = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      const broken = () => reject(notAForm());
      form.on('field', (name, value, { valueTruncated }) => {
        if (valueTruncated) reject(tooLarge(`a field may hold ${MAX_TEXT / 1024} KB`));
        fields.set(name, [...(fields.get(name) ?? []), value]);
      });
      form.on('file', (_, bytes: Readable, { filename: name, mimeType: type }) => {
        const pieces: Buffer[] = [];
        bytes.on('data', (piece: Buffer) => {
          octets += piece.length;
          if (octets > MAX_FILE_OCTETS)
            reject(tooLarge(`its files may hold ${MAX_FILE_OCTETS / 1024 / 1024} MiB together`));
          else pieces.push(piece);
        });
        bytes.on('end', () => files.push({ name, type, bytes: Buffer.concat(pieces) }));
        bytes.on('error', broken);
      });
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
  } catch (error) {
    // The rest is let go by, so that the client reads the answer.
    request.unpipe(form);
    request.resume();
    throw error;
  }
  return { fields: Object.fromEntries([...fields].map(([name, values]) => [name, valueOf(name, values)])), files };
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
