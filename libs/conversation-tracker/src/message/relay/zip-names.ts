/** APPNOTE.TXT 6.3.10 §4.3.16, §4.3.12: the record at the end, and one for each file of the directory before it. */
const END_SIZE = 22;
const LONGEST_COMMENT = 0xffff;
const ENTRY_SIZE = 46;
const END = 0x06054b50;
const ENTRY = 0x02014b50;
/** An archive with more was made up to be slow. */
const MOST_ENTRIES = 10_000;

/** The names of what lies in a ZIP archive, which stand there in clear even where the files are encrypted. Never fails. */
export function namesInZip(bytes: Buffer): string[] {
  const names: string[] = [];
  let at = directoryStart(bytes);
  while (at !== undefined && names.length < MOST_ENTRIES && at + ENTRY_SIZE <= bytes.length) {
    if (bytes.readUInt32LE(at) !== ENTRY) break;
    const nameLength = bytes.readUInt16LE(at + 28);
    const next = at + ENTRY_SIZE + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    names.push(bytes.toString('latin1', at + ENTRY_SIZE, at + ENTRY_SIZE + nameLength));
    at = next;
  }
  return names;
}

/** Told by its distance from the end: what was put before an archive, as self-extracting ones have it, moves the offsets in it. */
function directoryStart(bytes: Buffer): number | undefined {
  const first = Math.max(0, bytes.length - END_SIZE - LONGEST_COMMENT);
  for (let at = bytes.length - END_SIZE; at >= first; at--) {
    if (bytes.readUInt32LE(at) !== END) continue;
    const start = at - bytes.readUInt32LE(at + 12);
    return start >= 0 ? start : undefined;
  }
  return undefined;
}
