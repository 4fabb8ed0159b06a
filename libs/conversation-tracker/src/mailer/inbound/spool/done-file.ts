import { type FileHandle, open, readFile, rm } from 'node:fs/promises';

const ID_DIGITS = 32;

/** Which messages of a segment are worked on: their ids, one behind the other. Stays open, and takes all who wait in one write. */
export class DoneFile {
  private file: FileHandle | undefined;
  private waiting: string[] = [];
  private writing: Promise<void> | undefined;

  constructor(private readonly path: string) {}

  async read(): Promise<Set<string>> {
    const digits = await readFile(this.path, 'hex').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
      throw error;
    });
    const ids = new Set<string>();
    for (let at = 0; at + ID_DIGITS <= digits.length; at += ID_DIGITS) ids.add(digits.slice(at, at + ID_DIGITS));
    return ids;
  }

  /** Not synced. */
  async add(id: string): Promise<void> {
    this.waiting.push(id);
    // What is being written now does not have it; who waits for the same next write shares it.
    const before = this.writing;
    await before?.catch(() => undefined);
    if (this.writing === before) {
      const ids = Buffer.from(this.waiting.splice(0).join(''), 'hex');
      this.writing = this.write(ids);
    }
    await this.writing;
  }

  async close(): Promise<void> {
    await this.writing?.catch(() => undefined);
    await this.file?.close();
    this.file = undefined;
  }

  async delete(): Promise<void> {
    await this.close();
    await rm(this.path, { force: true });
  }

  private async write(ids: Buffer): Promise<void> {
    this.file ??= await open(this.path, 'a', 0o600);
    await this.file.appendFile(ids);
  }
}
