/** The few forms of DER that a certificate is made of (X.690). */
export const der = {
  sequence: (...parts: readonly Buffer[]) => value(0x30, ...parts),
  set: (...parts: readonly Buffer[]) => value(0x31, ...parts),
  /** An unsigned number. */
  integer: (bytes: Buffer) => value(0x02, bytes[0] >= 0x80 ? Buffer.of(0) : Buffer.of(), bytes),
  bits: (bytes: Buffer) => value(0x03, Buffer.of(0), bytes),
  octets: (bytes: Buffer) => value(0x04, bytes),
  text: (text: string) => value(0x0c, Buffer.from(text)),
  objectId,
  time,
  /** `[number]` around other values. */
  explicit: (number: number, ...parts: readonly Buffer[]) => value(0xa0 + number, ...parts),
  /** `[number]` in the place of a string's own tag. */
  implicit: (number: number, text: string) => value(0x80 + number, Buffer.from(text)),
} as const;

function value(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), lengthOf(content), content]);
}

function lengthOf({ length }: Buffer): Buffer {
  if (length < 0x80) return Buffer.of(length);
  return length < 0x100 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 0xff);
}

function objectId(dotted: string): Buffer {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  return value(0x06, Buffer.of(first * 40 + second), ...rest.map(base128));
}

function base128(number: number): Buffer {
  const digits = [number & 0x7f];
  for (let rest = number >> 7; rest > 0; rest >>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return Buffer.from(digits);
}

/** Up to 2049 as UTCTime, as RFC 5280 §4.1.2.5 wants it, and as GeneralizedTime from then on. */
function time(epochMs: number): Buffer {
  const digits = `${new Date(epochMs).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`;
  return digits < '2050' ? value(0x17, Buffer.from(digits.slice(2))) : value(0x18, Buffer.from(digits));
}
