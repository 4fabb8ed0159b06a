import { type SMTPStream } from 'smtp-server/lib/smtp-stream.js';

type Done = (error?: Error | null) => void;
type Feed = SMTPStream['_feedDataStream'];

const LF = 0x0a;
const LINE_WITH_DOT = Buffer.from('\n.');
/** Octets at the end of a chunk that may begin the end of the message. */
const KEPT = 4;
/** A search costs less than a look at each octet from here on. */
const LONG = 512;

/**
 * What the library does with octets of a message, but by a search: where no line begins with a dot, they go on as they are,
 * but for the last few, with which the library begins anew.
 */
export function feedData(stream: SMTPStream, chunk: Buffer, done: Done, byLibrary: Feed): void {
  const { _lastBytes: held, _dataStream: data, _atDataStart: isFirst } = stream;
  if (!data || isFirst || chunk.length < LONG || (held && held.includes(LF)) || chunk.includes(LINE_WITH_DOT)) {
    byLibrary(chunk, done);
    return;
  }
  const octets = chunk.subarray(0, -KEPT);
  const rest = () => byLibrary(chunk.subarray(-KEPT), done);
  stream._lastBytes = false;
  stream._countDataBytes(octets.length + (held ? held.length : 0));
  // Whoever reads the message may have destroyed the stream of it: it takes no more then, and never drains.
  if (!data.writable || data.write(held ? Buffer.concat([held, octets]) : octets) || data.destroyed) {
    rest();
    return;
  }
  const goOn = () => {
    data.off('drain', goOn);
    data.off('close', goOn);
    rest();
  };
  data.once('drain', goOn);
  data.once('close', goOn);
}
