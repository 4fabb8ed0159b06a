import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { type AliasSource, type OrderParticipants } from './order-participants.js';
import { ParticipantReader } from './participant-reader.js';

const order = (orderId: string) => ({ storeId: 'shop', orderId });

type Rows = Map<string, AliasSource[]>;
interface Statement {
  orders: string[];
  answer(rows: Rows): void;
  fail(error: Error): void;
}

let sent: Statement[];
let reader: ParticipantReader;

beforeEach(() => {
  sent = [];
  const loadSources: OrderParticipants['loadSources'] = (_, orders) =>
    new Promise((answer, fail) => sent.push({ orders: orders.map(({ orderId }) => orderId), answer, fail }));
  reader = new ParticipantReader({ loadSources } as OrderParticipants, {} as never);
});

const asked = () => sent.map(({ orders }) => orders);

describe('reading participants', () => {
  it('takes one statement for all that is asked for at one moment, and one for all that is asked for meanwhile', async () => {
    const first = [reader.read([order('o-1')]), reader.read([order('o-2')])];
    await nextTurn();
    expect(asked()).toEqual([['o-1', 'o-2']]);
    const second = [reader.read([order('o-1')]), reader.read([order('o-3')])];
    await nextTurn();
    expect(sent).toHaveLength(1);
    const [before, after]: Rows[] = [new Map(), new Map()];
    sent[0].answer(before);
    expect(await Promise.all(first)).toEqual([before, before]);
    await nextTurn();
    expect(asked()).toEqual([
      ['o-1', 'o-2'],
      ['o-1', 'o-3'],
    ]);
    sent[1].answer(after);
    // What was asked for later is read later, though the same was on its way.
    for (const rows of await Promise.all(second)) expect(rows).toBe(after);
  });

  it('is not held up by a statement that hangs', async () => {
    void reader.read([order('o-1')]);
    await nextTurn();
    const rows = reader.read([order('o-2')]);
    while (sent.length < 2) await nextTurn();
    sent[1].answer(new Map());
    await expect(rows).resolves.toEqual(new Map());
  });

  it('fails for whom a statement failed, and for nobody else', async () => {
    const failed = reader.read([order('o-1')]);
    await nextTurn();
    const rows = reader.read([order('o-2')]);
    sent[0].fail(new Error('away'));
    await expect(failed).rejects.toThrow('away');
    while (sent.length < 2) await nextTurn();
    sent[1].answer(new Map());
    await expect(rows).resolves.toEqual(new Map());
  });
});
