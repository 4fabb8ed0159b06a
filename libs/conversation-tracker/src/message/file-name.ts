/** Most file systems take 255 octets; three of UTF-8 make a letter of most scripts. */
const maxFileNameLength = 80;
/** No longer extension tells a program what to do with a file. */
const maxExtensionLength = 12;
const longestInput = 1000;

/** What nobody sees or what turns the reading direction round: `invoice\u202Efdp.exe` reads as a PDF. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;
/** What means something to a file system or a shell. */
const reserved = /[/\\:*?"<>|]+/g;

/**
 * A file's name as it may be offered to a person (MAIL-RULES R40): in normal form C, one line, nothing invisible, no path, at most
 * 80 code points with its extension kept. Undefined where nothing is left.
 */
export function cleanFileName(name: string): string | undefined {
  const plain = name
    .slice(0, longestInput)
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' ')
    .replace(invisible, '')
    .normalize('NFC')
    .replace(reserved, '_')
    .replace(/\s+/gu, ' ')
    .replace(/^[\s.]+|[\s.]+$/g, '');
  const letters = Array.from(plain);
  const dot = letters.lastIndexOf('.');
  const extension = dot > 0 && letters.length - dot <= maxExtensionLength ? letters.slice(dot) : [];
  const stem = letters.slice(0, letters.length - extension.length).slice(0, maxFileNameLength - extension.length);
  const capped = [...stem, ...extension].join('');
  return capped === '' ? undefined : capped;
}

/** `Content-Disposition` of a download (RFC 6266), the name in ASCII and beside it as it is (RFC 8187). */
export function attachmentDisposition(fileName: string): string {
  const name = cleanFileName(fileName) ?? 'attachment';
  const ascii = name.replace(/[^\w .-]/g, '_');
  const extended = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${extended}`;
}
