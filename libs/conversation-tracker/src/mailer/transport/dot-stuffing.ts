import { type Readable, type Transform, type TransformCallback } from 'node:stream';

/** What nodemailer writes a message to on its way to the socket (10.6); `lastByte` is false before the first one. */
type DataStream = Transform & { inByteCount: number; outByteCount: number; lastByte: number | false };

const LF = 0x0a;
const DOT = Buffer.from('.');
const LINE_WITH_DOT = Buffer.from('\n.');

/**
 * A message, of which all line ends were looked at, for nodemailer's connection: dots that begin a line are searched for and
 * doubled (RFC 5321 §4.5.2). The library looks at each octet once more to mend line ends, which takes longer than all else does
 * that sends a large message. Where a new version writes in another way, it does the work itself.
 */
export function withDotsDoubled(message: Readable): Readable {
  const pipe = message.pipe.bind(message);
  message.pipe = (to, options) => {
    if (isDataStream(to)) to._transform = doubleDots;
    return pipe(to, options);
  };
  return message;
}

function isDataStream(to: unknown): to is DataStream {
  const { inByteCount, outByteCount, lastByte, _transform } = to as Partial<DataStream>;
  return inByteCount === 0 && outByteCount === 0 && lastByte === false && typeof _transform === 'function';
}

function doubleDots(this: DataStream, chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
  if (chunk.length > 0) {
    const doubled = withDots(chunk, this.lastByte === false || this.lastByte === LF);
    this.inByteCount += chunk.length;
    this.outByteCount += doubled.length;
    this.lastByte = chunk[chunk.length - 1];
    this.push(doubled);
  }
  done();
}

function withDots(chunk: Buffer, beginsLine: boolean): Buffer {
  const pieces: Buffer[] = beginsLine && chunk[0] === DOT[0] ? [DOT] : [];
  let copied = 0;
  for (let at = chunk.indexOf(LINE_WITH_DOT); at !== -1; at = chunk.indexOf(LINE_WITH_DOT, copied)) {
    pieces.push(chunk.subarray(copied, at + 1), DOT);
    copied = at + 1;
  }
  return pieces.length === 0 ? chunk : Buffer.concat([...pieces, chunk.subarray(copied)]);
}
