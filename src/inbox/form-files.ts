import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { FilesInterceptor } from '@nestjs/platform-express';
import type { LetterFile } from './letter.js';

const MOST_FILES = 10;
/** Of each; of the whole mail, the server to which it is handed in has its own say. */
const MOST_FILE_BYTES = 20 * 1024 * 1024;

/** What multer, which Nest brings along, tells of a file. */
export interface FormFile {
  originalname: string;
  mimetype: string;
  buffer: Buffer;
}

/** Reads forms with files; what is no such form goes by untouched. */
export const TakesFiles = () =>
  applyDecorators(UseInterceptors(FilesInterceptor('files', MOST_FILES, { limits: { fileSize: MOST_FILE_BYTES } })));

export function attachmentsOf(files: readonly FormFile[] | undefined): LetterFile[] {
  return (
    (files ?? [])
      // A browser sends the empty field as one.
      .filter(({ originalname, buffer }) => originalname !== '' || buffer.length > 0)
      .map(({ originalname, mimetype, buffer }) => ({
        // multer takes the octets of the name for latin1; browsers send UTF-8 (RFC 7578 §5.1).
        filename: Buffer.from(originalname, 'latin1').toString(),
        contentType: mimetype,
        content: buffer,
      }))
  );
}
