/** A block of a tar archive (POSIX.1-2008, pax, "ustar Interchange Format"). */
const BLOCK = 512;
const NAME_OCTETS = 100;
const CHECKSUM_AT = 148;

/** What ends an archive. */
export const tarEnd: Buffer = Buffer.alloc(2 * BLOCK);

/**
 * A file of a tar archive, which every system can open.
 * @param name at most 100 characters of ASCII.
 * @param at epoch milliseconds
 */
export function tarFile(name: string, content: Buffer, at: number): Buffer {
  if (name.length > NAME_OCTETS || /[^\x20-\x7e]/.test(name)) throw new RangeError('a name that tar cannot hold');
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, length: number) =>
    `${Math.floor(value)
      .toString(8)
      .padStart(length - 1, '0')}\0`;
  header.write(name, 0);
  header.write(
    octal(0o600, 8) + octal(0, 8) + octal(0, 8) + octal(content.length, 12) + octal(at / 1_000, 12),
    NAME_OCTETS,
  );
  header.write(' '.repeat(8) + '0', CHECKSUM_AT);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, octet) => total + octet, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, CHECKSUM_AT);
  return Buffer.concat([header, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);
}
