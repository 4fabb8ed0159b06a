import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteDatabase } from '../databases.js';
import { HostProcess } from './host-process.js';
import { type Side } from './side.js';
import { type TrackerMemory, type TrackerQuestion, type TrackerSaid, type TrackerSetup } from './tracker-setup.js';

type Kind = Pick<TrackerSetup, 'isGuarded' | 'isFrontAlone'>;

/** The package on SQLite, as it comes. */
export class Tracker implements Side {
  private constructor(
    readonly name: string,
    private host: HostProcess<TrackerSaid>,
    private readonly setup: TrackerSetup,
    private readonly clear: () => Promise<void>,
  ) {}

  /** @param name for the tables. */
  static async start(name: string, sinkPort: number, kind: Kind): Promise<Tracker> {
    const database = await sqliteDatabase();
    const directory = await mkdtemp(join(tmpdir(), 'ct-bench-mail-'));
    const setup = { address: database.address, directory, sinkPort, ...kind };
    return new Tracker(name, await begin(setup), setup, async () => {
      await rm(directory, { recursive: true, force: true });
      await database.drop();
    });
  }

  get port(): number {
    return this.host.said.port;
  }

  /** Of the store, one for each sender. */
  get aliases(): string[] {
    return this.host.said.aliases;
  }

  /** How many messages lay in the spool when it started. */
  get left(): number {
    return this.host.said.left;
  }

  /** Resolves when so many more messages stand on timelines. */
  async logged(count: number): Promise<void> {
    await this.host.ask<'done'>({ logged: count } satisfies TrackerQuestion);
  }

  async emptySpool(): Promise<void> {
    await this.host.ask<'done'>('empty the spool' satisfies TrackerQuestion);
  }

  memory(): Promise<TrackerMemory> {
    return this.host.ask<TrackerMemory>('memory' satisfies TrackerQuestion);
  }

  /** As `kill -9` and a new start do. */
  async killAndStart(): Promise<void> {
    await this.host.kill();
    this.host = await begin(this.setup);
  }

  async stop(): Promise<void> {
    await this.host.stop();
    await this.clear();
  }
}

const begin = (setup: TrackerSetup) => HostProcess.start<TrackerSaid>('./tracker-host.js', setup);
