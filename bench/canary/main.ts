/**
 * `npm run canary [-- --json]`: the reference OMS with a planted address in every field of orders and mails, and with mail
 * servers, an ERP, requests and a database that fail. Everything that comes out, the spans of an OpenTelemetry SDK too, is
 * searched, as it is and decoded. Ends with 1 where one shows, or where something that should have happened did not.
 */
import { parseArgs } from 'node:util';
import { canaryOf, places } from './canaries.js';
import { CanaryOms } from './canary-oms.js';
import { Evidence, type Source } from './evidence.js';
import { QuotingErp, QuotingMailServer } from './quoting-servers.js';
import { Scenario } from './scenario.js';
import { SpanWatch } from './span-watch.js';

const sources: readonly Source[] = ['log', 'response', 'event', 'push', 'mail', 'SMTP reply', 'table', 'span'];
const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const evidence = new Evidence();
const mailServer = new QuotingMailServer(evidence);
const erp = new QuotingErp(evidence);
const spans = await SpanWatch.begin();
const oms = await CanaryOms.start(evidence, await mailServer.start(), await erp.start());
const scenario = new Scenario(oms, evidence, mailServer);

// What goes past the logger, such as a warning of a library.
const spoken = (['stdout', 'stderr'] as const).map((name) => {
  const stream = process[name];
  const write = stream.write.bind(stream);
  stream.write = (chunk: string | Uint8Array) => {
    evidence.add('log', name, Buffer.from(chunk).toString());
    return true;
  };
  return () => (stream.write = write);
});
let seesSpans = false;
try {
  await scenario.run();
} finally {
  await oms.stop();
  seesSpans = await spans.end(evidence);
  await mailServer.stop();
  await erp.stop();
  for (const restore of spoken) restore();
}

const hits = evidence.hits();
const counts = Object.fromEntries(sources.map((source) => [source, evidence.count(source)]));
const control = canaryOf('control');
const blind = Object.entries({
  'as it is': `to <${control}>`,
  'in base64': Buffer.from(`x${control}`).toString('base64'),
  'quoted-printable': control.replace('@', '=40').replace('k5', 'k=\r\n5'),
  'percent-encoded': encodeURIComponent(control),
  'in references': control.replace(/./g, (letter) => `&#${letter.charCodeAt(0)};`),
}).flatMap(([form, text]) => (Evidence.sees(text) ? [] : [form]));
if (!seesSpans) blind.push('in an exception of a span');
const missed = [
  ...Object.keys(scenario.happened).filter((what) => !scenario.happened[what]),
  ...sources.filter((source) => counts[source] === 0).map((source) => `no ${source} came out`),
];
if (values.json)
  process.stdout.write(`${JSON.stringify({ canaries: places.length, counts, hits, missed, blind }, null, 2)}\n`);
else {
  const told = sources.map((source) => `${counts[source]} × ${source}`).join(', ');
  process.stdout.write(`${places.length} canaries, ${told}: ${hits.length} hits\n`);
  for (const { source, what, place, forms } of hits) {
    process.stdout.write(`SHOWN: ${place} in ${source} (${what}), ${forms.join(', ')}\n`);
  }
  for (const what of missed) process.stdout.write(`DID NOT HAPPEN: ${what}\n`);
  for (const form of blind) process.stdout.write(`NOT FOUND, though it is there: the control ${form}\n`);
}
if (hits.length + missed.length + blind.length > 0) process.exitCode = 1;
