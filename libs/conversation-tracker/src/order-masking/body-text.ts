import { isUtf8 } from 'node:buffer';

/** Bytes as text and back, byte for byte. Latin-1 keeps every byte of what is no UTF-8, and shows ASCII addresses as well. */
export function decodeBody(bytes: Buffer): { text: string; encode: (text: string) => Buffer } {
  const encoding = isUtf8(bytes) ? 'utf8' : 'latin1';
  return { text: bytes.toString(encoding), encode: (text) => Buffer.from(text, encoding) };
}
