import { open } from 'node:fs/promises';

interface Syncing {
  now: Promise<void>;
  /** Begins when `now` has ended, for all who came meanwhile: `now` may have begun before their name was written. */
  next?: Promise<void>;
}

/** Makes names durable. All who wait for one directory at a moment share one fsync. */
export class DirectorySyncs {
  private readonly running = new Map<string, Syncing>();

  /** Resolves when the names that were in the directory at the call outlive a power cut. */
  sync(directory: string): Promise<void> {
    const running = this.running.get(directory);
    if (!running) return this.begin(directory);
    running.next ??= running.now.then(
      () => this.begin(directory),
      () => this.begin(directory),
    );
    return running.next;
  }

  private begin(directory: string): Promise<void> {
    const syncing: Syncing = {
      now: syncDirectory(directory).finally(() => {
        if (!syncing.next) this.running.delete(directory);
      }),
    };
    this.running.set(directory, syncing);
    return syncing.now;
  }
}

async function syncDirectory(directory: string): Promise<void> {
  // Windows opens no directory as a file, and NTFS journals its names.
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
