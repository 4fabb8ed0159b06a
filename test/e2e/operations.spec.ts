import { Logger } from '@nestjs/common';
import { type Span, trace, type TracerProvider } from '@opentelemetry/api';
import { Registry } from 'prom-client';
import { type HealthReport, TrackerHealth } from 'nestjs-conversation-tracker';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHost } from '../support/host-app.js';
import { CARRIER, eventually, type RelayProcess, RelayWorld } from '../support/relay-world.js';
import { DESK } from '../support/mail-world.js';

const registry = new Registry();

let world: RelayWorld;
let oms: RelayProcess;
let customer: string;
beforeAll(async () => {
  world = await RelayWorld.open();
  oms = await world.start({ metrics: { registry } });
  ({ customer } = await oms.begin());
});
afterAll(() => world.close());

const ask = (store = 'default') =>
  request(oms.app.getHttpServer()).get('/conversation-tracker/health').set('x-store', store);

/** The value of a series, as Prometheus reads it. */
async function value(series: string): Promise<number | undefined> {
  const line = (await registry.metrics()).split('\n').find((one) => one.startsWith(`conversation_tracker_${series} `));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
}

interface SeenSpan {
  name: string;
  attributes: object;
}

/** The least that the API asks of an SDK. */
function tracerProvider(spans: SeenSpan[]): TracerProvider {
  const startActiveSpan = (name: string, { attributes }: SeenSpan, work: (span: Span) => unknown) => {
    const seen = { name, attributes: { ...attributes } };
    spans.push(seen);
    const setAttributes = (more: object) => Object.assign(seen.attributes, more);
    return work({ end: () => undefined, setStatus: () => undefined, setAttributes } as unknown as Span);
  };
  return { getTracer: () => ({ startActiveSpan }) } as unknown as TracerProvider;
}

const factsOf = (line: string): Record<string, string> =>
  Object.fromEntries(line.split(' ').map((word) => word.split('=', 2) as [string, string]));

describe('an operator', () => {
  it('is told that the database, the queues, the disk and the mail server are up', async () => {
    const { body } = await ask().expect(200);
    expect(body).toEqual({
      status: 'up',
      checks: {
        database: { status: 'up' },
        queues: { status: 'up', eventsLagSeconds: expect.any(Number), deliveriesLagSeconds: expect.any(Number) },
        disk: { status: 'up', freeBytes: expect.any(Number) },
        smtp: { status: 'up', port: oms.port },
      },
    });
    const indicated = await oms.app.get(TrackerHealth).indicator('tracker');
    expect(indicated.tracker).toMatchObject({ status: 'up', smtp: { status: 'up' } });
  });

  it('is told nothing without the permission', async () => {
    await ask('none').expect(403);
  });

  it('reads counts of mail without a word of who wrote it', async () => {
    const relayed = (await value('mail_relayed_total'))!;
    await oms.write({ from: CARRIER, to: customer, subject: 'Slot', text: 'Tuesday?' });
    await oms.write({ from: DESK, to: customer, subject: 'Colour', text: 'Blue?', signed: false });
    await eventually(async () => {
      expect(await value('mail_relayed_total')).toBe(relayed + 1);
      expect(await value('mail_held_total{reason="spoofed"}')).toBe(1);
      expect(await value('deliveries_total{result="sent"}')).toBeGreaterThanOrEqual(2);
    });
    expect(await value('mail_accepted_total')).toBe(2);
    expect(await value('queue_lag_seconds{queue="events"}')).toBeLessThan(60);
    expect(await value('queue_lag_seconds{queue="deliveries"}')).toBeLessThan(60);
    expect(await value('aliases_expired_total')).toBe(0);
    expect(await value('alias_cache_lookups_total{result="miss"}')).toBeGreaterThan(0);
    expect(await registry.metrics()).not.toMatch(/@|o-1|[0-9a-f]{32}/);
  });

  it('R45 follows a mail by its ids through the log and through spans, and reads no address there', async () => {
    const lines: string[] = [];
    const spans: SeenSpan[] = [];
    trace.setGlobalTracerProvider(tracerProvider(spans));
    Logger.overrideLogger({ log: (line: string) => lines.push(line), warn: () => undefined, error: () => undefined });
    try {
      await oms.write({ from: CARRIER, to: customer, subject: 'Slot', text: 'Thursday?' });
      await eventually(() => expect(lines.some((line) => line.startsWith('mail.sent'))).toBe(true));
    } finally {
      Logger.overrideLogger(false);
      trace.disable();
    }
    const [accepted, recorded, relayed, sent] = ['accepted', 'recorded', 'relayed', 'sent'].map((step) =>
      factsOf(lines.find((line) => line.startsWith(`mail.${step} `))!),
    );
    expect(recorded).toMatchObject({ mail: accepted.mail, disposition: 'relayed' });
    expect(relayed.message).toBe(recorded.message);
    expect(sent).toMatchObject({ message: recorded.message, delivery: relayed.deliveries, attempt: '1' });
    expect(spans).toMatchObject([
      { name: 'conversation-tracker.mail.receive', attributes: { 'mail.id': accepted.mail, 'mail.recipients': 1 } },
      { name: 'conversation-tracker.mail.record', attributes: { 'mail.id': accepted.mail } },
      { name: 'conversation-tracker.mail.deliver', attributes: { 'delivery.id': sent.delivery } },
    ]);
    expect(JSON.stringify([lines, spans])).not.toMatch(/@|Thursday|Slot/);
  });

  it('is told what is down', async () => {
    const host = await startHost();
    const health = host.app.get(TrackerHealth);
    expect(await health.ready()).toMatchObject({ status: 'up', checks: { disk: { status: 'up' } } });
    expect((await health.ready()).checks).not.toHaveProperty('smtp');
    await host.close();
    expect(await health.ready()).toMatchObject({
      status: 'down',
      checks: { database: { status: 'down' }, queues: { status: 'down' } },
    } satisfies { status: string; checks: Partial<HealthReport['checks']> });
  });
});
