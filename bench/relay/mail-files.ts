import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface MailFile {
  readonly path: string;
  read(): Promise<Buffer>;
}

/** The messages below a directory, in a stable order; or the one that a path is. */
export async function mailFiles(path: string, takesAll: boolean): Promise<MailFile[]> {
  if ((await stat(path)).isFile()) return [mailFile(path)];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && (takesAll || entry.name.toLowerCase().endsWith('.eml')))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map(mailFile);
}

function mailFile(path: string): MailFile {
  return { path, read: async () => asOverSmtp(await readFile(path)) };
}

/** With CRLF line ends, as any client has to send it (RFC 5321 §2.3.8); a file without any LF is an old Macintosh's. */
function asOverSmtp(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  const lines = text.includes('\n') ? text.replace(/\r?\n/g, '\r\n') : text.replaceAll('\r', '\r\n');
  // What an mbox or an editor puts before a message is theirs, and no client sends it.
  return Buffer.from(lines.replace(/^(?:[ \t]*\r\n|>*From .*\r\n)+/, ''), 'latin1');
}
