/** Short texts share memory: of its own, each would cost more to allocate and to collect than it costs to fill it. */
const SHARED_BYTES = 65_536;
const LONGEST_SHARED = SHARED_BYTES / 2;
/** So much is widened at once, while it is still in the processor's cache. */
const AT_A_TIME = 32_768;
/** Bytes that are looked at in one step, which may reach past the end. */
const STEP = 16;
/** In each of four bytes, the bit that no ASCII character has. */
const NO_ASCII = 0x80808080 | 0;
const BEYOND_LATIN_1 = /[\u0100-\uffff]/;
/** Up to here, which is where an alias ends, one loop is faster than an expression, or than a call of Node's. */
const SHORT = 64;

class Memory {
  readonly bytes: Buffer;
  /** The same, four bytes at a time. */
  readonly words: Int32Array;
  /** Where nothing has been written yet. */
  free = 0;

  constructor(readonly size: number) {
    this.bytes = Buffer.allocUnsafeSlow(Math.ceil(size / STEP) * STEP + STEP);
    this.words = new Int32Array(this.bytes.buffer);
  }
}

let shared = new Memory(SHARED_BYTES);

/**
 * The UTF-8 of texts one after the other; undefined where one has a character beyond Latin-1, or where more than an eighth
 * of all is no ASCII. Node writes a text with an accent in it character by character: to copy it as Latin-1, and to widen
 * each such character where it stands, takes a third of that.
 */
export function latin1AsUtf8(texts: readonly string[]): Buffer | undefined {
  let length = 0;
  for (const text of texts) {
    if (!isLatin1(text)) return undefined;
    length += text.length;
  }
  let spare = length >> 3;
  const memory = memoryFor(length + spare);
  const { bytes, free } = memory;
  let end = free;
  let start = free;
  for (let n = 0; n < texts.length; n++) {
    end += writeLatin1(bytes, texts[n], end);
    if (end - start < AT_A_TIME && n + 1 < texts.length) continue;
    const places = placesOfNoAscii(memory, start, end);
    spare -= places.length;
    if (spare < 0) return undefined;
    widen(bytes, places, end);
    end += places.length;
    start = end;
  }
  memory.free = end;
  return bytes.subarray(free, end);
}

function isLatin1(text: string): boolean {
  if (text.length > SHORT) return !BEYOND_LATIN_1.test(text);
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return false;
  return true;
}

function writeLatin1(bytes: Buffer, text: string, at: number): number {
  if (text.length > SHORT) return bytes.write(text, at, 'latin1');
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return text.length;
}

function memoryFor(size: number): Memory {
  if (size > LONGEST_SHARED) return new Memory(size);
  if (shared.free + size > shared.size) shared = new Memory(SHARED_BYTES);
  return shared;
}

function placesOfNoAscii({ bytes, words }: Memory, start: number, end: number): number[] {
  const places: number[] = [];
  for (let step = start - (start % STEP); step < end; step += STEP) {
    const word = step >> 2;
    if (((words[word] | words[word + 1] | words[word + 2] | words[word + 3]) & NO_ASCII) === 0) continue;
    const last = Math.min(step + STEP, end);
    for (let at = Math.max(step, start); at < last; at++) if (bytes[at] >= 0x80) places.push(at);
  }
  return places;
}

/** Makes two bytes of each of the places, from the last one on: what stands behind it moves up. */
function widen(bytes: Buffer, places: readonly number[], end: number): void {
  let to = end;
  for (let shift = places.length; shift > 0; shift--) {
    const place = places[shift - 1];
    bytes.copyWithin(place + 1 + shift, place + 1, to);
    const code = bytes[place];
    bytes[place + shift - 1] = 0xc0 | (code >> 6);
    bytes[place + shift] = 0x80 | (code & 0x3f);
    to = place;
  }
}
