import type { Parameters } from './header-parameters.js';

/** What a message may be made of (MAIL-RULES R7). */
export interface MimeLimits {
  /** Entities inside of entities, the message itself not counted. */
  readonly depth: number;
  /** Parts and nested messages of the whole message. */
  readonly parts: number;
  /** Octets of one header block. */
  readonly headerBytes: number;
  /** Fields of one header block. */
  readonly headerFields: number;
}

/** The defaults of MAIL-RULES R7. */
export const defaultMimeLimits: MimeLimits = {
  depth: 20,
  parts: 250,
  headerBytes: 256 * 1024,
  headerFields: 1000,
};

export type Refusal = 'too-deep' | 'too-many-parts' | 'header-too-large' | 'too-many-fields';

/** A message that exceeds a limit. */
export interface RefusedMessage {
  readonly refused: Refusal;
}

/** `[start, end)` of the raw message. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** One header field with its line ending. */
export interface HeaderField extends ByteRange {
  /** Lower-case. */
  readonly name: string;
  /** Where the value begins, behind the colon. */
  readonly valueStart: number;
}

/** The message, a part of it or a message nested in it. */
export interface MimeEntity extends ByteRange {
  /** `''` for the message itself, else as IMAP counts: `1`, `2.1`; a nested message is the only child of its part. */
  readonly path: string;
  /** Where the body begins, behind the empty line. */
  readonly bodyStart: number;
  readonly fields: readonly HeaderField[];
  /** True where the header block ends on a line that belongs to no field, so that readers disagree on where the body begins. */
  readonly junk: boolean;
  /** Lower-case `type/subtype`; what the place implies where none is given (RFC 2045 §5.2, RFC 2046 §5.1.5). */
  readonly type: string;
  readonly parameters: Parameters;
  /** Lower-case Content-Transfer-Encoding; `7bit` where none is given. */
  readonly encoding: string;
  /** Lower-case Content-Disposition; empty where none is given. */
  readonly disposition: string;
  /** As a reader shows it, of Content-Disposition or else of Content-Type; empty where none is given. */
  readonly fileName: string;
  /** The parts of a multipart; the message of a `message/rfc822` that is not encoded; else none: a leaf. */
  readonly children: readonly MimeEntity[];
  /** The delimiter line before each child and, where there is one, the closing line, each with the line break before it. */
  readonly delimiters: readonly ByteRange[];
}

/** A message and where everything in it stands; nothing is copied. */
export interface MessageTree {
  readonly raw: Buffer;
  readonly root: MimeEntity;
  /** As the message breaks its lines. */
  readonly lineBreak: '\r\n' | '\n';
}
