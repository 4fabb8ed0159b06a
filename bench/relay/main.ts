/**
 * What the relay does to mail of other people: `npm run relay -- <directory of .eml> … [--json]`. Every file is taken for mail of
 * an order whose people are those that its header names, and goes through the real code in both directions; only the
 * sender's verdict is given, since signatures of old mail can no longer be checked. Several directories are several collections, each with its own share. `--all` takes files of any name.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { MimeWorkers } from '../../libs/conversation-tracker/src/mailer/relay/mime-worker.js';
import { mailFiles } from './mail-files.js';
import { printReport, printShares } from './print-report.js';
import { relayFile } from './relay-file.js';
import { RelayReport } from './relay-report.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, all: { type: 'boolean', default: false } },
});

if (positionals.length === 0) {
  process.stderr.write('Usage: npm run relay -- <directory of .eml> … [--json] [--all]\n');
  process.exitCode = 2;
} else {
  const workers = new MimeWorkers();
  const reports: RelayReport[] = [];
  for (const collection of positionals) {
    const report = new RelayReport(collection);
    for (const file of await mailFiles(resolve(process.env.INIT_CWD ?? '.', collection), values.all)) {
      report.add(await relayFile(file, workers));
    }
    reports.push(report);
  }
  await workers.close();
  const figures = RelayReport.together(reports).figures();
  if (values.json) {
    const collections = reports.length > 1 ? reports.map((report) => report.share()) : undefined;
    process.stdout.write(`${JSON.stringify({ ...figures, collections }, null, 2)}\n`);
  } else {
    printReport(figures);
    if (reports.length > 1) printShares(reports.map((report) => report.share()));
  }
  if (figures.files === 0) process.exitCode = 2;
  else if (!reports.every((report) => report.isGood())) process.exitCode = 1;
}
