/** How an address may lie in a file: as text of any case, in what programs encode it with, or by its local part alone. */
const forms: Readonly<Record<string, (address: string) => Buffer[]>> = {
  'as it is': (address) => [Buffer.from(address)],
  'by its local part': (address) => [Buffer.from(address.split('@', 1)[0])],
  'as UTF-16': (address) => [Buffer.from(address, 'utf16le'), Buffer.from(address, 'utf16le').swap16()],
  'percent-encoded': (address) => [Buffer.from(encodeURIComponent(address))],
  'quoted-printable': (address) => [Buffer.from(address.replace('@', '=40'))],
  'as a reference of HTML': (address) => [Buffer.from(address.replace('@', '&#64;'))],
  'in hexadecimal': (address) => [Buffer.from(Buffer.from(address).toString('hex'))],
  'as base64': base64Forms,
  backwards: (address) => [Buffer.from(Buffer.from(address).toReversed())],
};

/** Base64 of a text depends on where in a group of three octets it begins; the ends depend on what stands beside it. */
function base64Forms(address: string): Buffer[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(address)]);
    const certain = bytes.subarray(0, bytes.length - (bytes.length % 3));
    const text = certain.toString('base64').slice(before === 0 ? 0 : 4);
    return [Buffer.from(text), Buffer.from(text.replaceAll('+', '-').replaceAll('/', '_'))];
  });
}

/** In which forms an address lies in these octets. */
export function formsIn(bytes: Buffer, address: string): string[] {
  const lowered = Buffer.from(bytes.toString('latin1').toLowerCase(), 'latin1');
  return Object.entries(forms).flatMap(([form, encode]) => {
    const haystack = form === 'as base64' ? bytes : lowered;
    const isThere = encode(address).some((one) =>
      haystack.includes(form === 'as base64' ? one : Buffer.from(one.toString('latin1').toLowerCase(), 'latin1')),
    );
    return isThere ? [form] : [];
  });
}
