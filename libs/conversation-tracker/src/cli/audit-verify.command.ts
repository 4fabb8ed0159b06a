import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type KeyOptions, KeyRing } from '../persistence/key-ring.js';
import { type AuditHead, type StoreAudit, verifyAudit } from '../timeline/audit/verify-audit.js';
import { type CommandOutput } from './command-output.js';
import { dataSourceOf, type Exported, exportNamed, importFile, onlyToLook } from './data-source-file.js';

const USAGE = `Usage: audit:verify DATA_SOURCE.js [--keys KEYS.json] [--earlier REPORT.json] [--json]

Walks the audit of a database and finds entries that were changed, moved, put in or taken out. Changes nothing. The file is
JavaScript that exports a TypeORM DataSource, such as dist/data-source.js, and the tracker's keys as trackerKeys unless
--keys names a JSON file of them: { encryption, index, alias }.

  --earlier REPORT.json  what --json wrote at an earlier time, kept elsewhere: shows too that nothing of it was rewritten
  --json                 the report as JSON

Exit status: 0 when all is well, 1 when something is wrong, 2 when a file or the database cannot be used.
`;

/** @returns the exit status. */
export async function auditVerifyCommand(args: readonly string[], write: CommandOutput): Promise<number> {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { keys: { type: 'string' }, earlier: { type: 'string' }, json: { type: 'boolean' } },
    });
    const [file, ...more] = positionals;
    if (!file || more.length > 0) throw new Error('name one file that exports a DataSource');
    const exported = await importFile(file);
    const { index } = new KeyRing(await keysOf(exported, values.keys));
    const earlier = values.earlier === undefined ? undefined : headsOf(await readJson(values.earlier));
    const dataSource = await onlyToLook(await dataSourceOf(file, exported)).initialize();
    try {
      const stores = await verifyAudit(dataSource, index, earlier);
      write.out(values.json ? `${JSON.stringify({ stores }, null, 2)}\n` : describe(stores));
      return stores.every(({ findings }) => findings.length === 0) ? 0 : 1;
    } finally {
      await dataSource.destroy();
    }
  } catch (error) {
    write.error(`audit:verify: ${error instanceof Error ? error.message : 'failed'}\n\n${USAGE}`);
    return 2;
  }
}

async function keysOf(exported: Exported, file: string | undefined): Promise<KeyOptions> {
  const keys = file === undefined ? await exportNamed(exported, 'trackerKeys') : await readJson(file);
  if (keys === undefined) throw new Error('give the keys by --keys, or export them as trackerKeys');
  return keys as KeyOptions;
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8');
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message would repeat part of the file.
    throw new Error(`${file} is not JSON`);
  }
}

function headsOf(report: unknown): Map<string, AuditHead> {
  const { stores } = Object(report) as { stores?: StoreAudit[] };
  if (!Array.isArray(stores)) throw new Error('--earlier: give what --json wrote');
  return new Map(stores.flatMap(({ storeId, head }) => (head ? [[storeId, head]] : [])));
}

function describe(stores: readonly StoreAudit[]): string {
  const entries = stores.reduce((sum, store) => sum + store.entries, 0);
  const checkpoints = stores.filter(({ checkpoint }) => checkpoint).length;
  const findings = stores.flatMap((store) => store.findings.map(({ text }) => `store ${store.storeId}: ${text}`));
  const lines = [
    `stores ${stores.length}, entries ${entries}, checkpoints ${checkpoints}, findings ${findings.length}`,
    ...stores.map(
      ({ storeId, entries: count, checkpoint, head }) =>
        `store ${storeId}: ${count} entries, ${checkpoint ? `cut up to ${checkpoint.sequence}` : 'never cut'}, ends at ${head?.sequence ?? '?'} ${head?.hash ?? ''}`,
    ),
    ...(findings.length > 0 ? [`first broken: ${findings[0]}`, ...findings.slice(1)] : ['The audit is whole.']),
  ];
  return `${lines.join('\n')}\n`;
}
