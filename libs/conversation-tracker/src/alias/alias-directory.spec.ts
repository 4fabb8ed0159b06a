import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AliasInstance, AliasWorld } from '../../../../test/support/alias-world.js';
import { Alias } from './alias.entity.js';
import { Participant } from './participant.entity.js';
import { type Sighting } from './sighting-plan.js';

let world: AliasWorld;
let oms: AliasInstance;

beforeEach(async () => {
  world = await AliasWorld.open('2026-05-01T00:00:00Z');
  oms = await world.start();
});

afterEach(() => world.close());

const order = { storeId: 'shop', orderId: 'o-1' };
const person = (address: string, role = 'customer', path = `${role}.email`): Sighting => ({
  address,
  name: 'Ana Pérez',
  role,
  path,
  deliverable: true,
});

async function issue(address: string, orderId = 'o-1'): Promise<string> {
  const [aliases] = await oms.aliases.issue([{ ...order, orderId, addresses: [person(address)] }]);
  return aliases.get(address.toLowerCase())!;
}

const simple = () => oms.settings.change('shop', 'test', { maskType: 'simple' });

describe('mail to an alias', () => {
  it('R6 finds the order and the person, in any case and with any tag', async () => {
    const alias = await issue('ana@shop.example');
    const [listed] = await oms.directory.list(order);
    const found = await oms.directory.resolve(alias);
    expect(found).toMatchObject({ ...order, aliasId: listed.id, expiresAt: Date.parse('2026-07-01T00:00:00Z') });
    expect(await oms.aliases.realAddress('shop', found!.participantId)).toBe('ana@shop.example');
    for (const written of [alias.toUpperCase(), alias.replace('@', '+Newsletter@')]) {
      expect(await oms.directory.resolve(written), written).toEqual(found);
    }
  });

  it('R6 R48 takes the tag of a Simple alias for the part of the address that it is', async () => {
    await simple();
    const alias = await issue('ana+home@shop.example');
    expect(alias).toMatch(/^ana\+home@shop\.example-\d{12}b\.ct\.example\.com$/);
    expect(await oms.directory.resolve(alias.toUpperCase())).toMatchObject(order);
    expect(await oms.directory.resolve(alias.replace('ana+home@', '"ana+home"@'))).toMatchObject(order);
    expect(await oms.directory.resolve(alias.replace('+home', ''))).toBeUndefined();
    expect(await oms.directory.resolve(alias.replace('+home', '+work'))).toBeUndefined();
  });

  it('R50 finds aliases of a former tracker domain, for as long as the options name it', async () => {
    const alias = await issue('ana@shop.example');
    const moved = { trackerDomain: 'mail.example.net', formerTrackerDomains: ['ct.example.com'] };
    const later = await world.start(moved);
    expect(await later.directory.resolve(alias)).toMatchObject(order);
    expect((await later.aliases.aliasesOf('shop', ['o-1'])).get('o-1')?.get('ana@shop.example')).toBe(alias);
    const forgetful = await world.start({ ...moved, formerTrackerDomains: [] });
    expect(await forgetful.directory.resolve(alias)).toBeUndefined();
  });

  it('R46 is taken until the millisecond in which two calendar months are over', async () => {
    for (const [issuedAt, endsAt] of [
      ['2026-12-31T23:59:59.999Z', '2027-02-28T23:59:59.999Z'],
      ['2027-12-31T00:00:00.000Z', '2028-02-29T00:00:00.000Z'],
      ['2028-01-31T12:00:00.000Z', '2028-03-31T12:00:00.000Z'],
    ]) {
      world.setTime(issuedAt);
      const alias = await issue('ana@shop.example', `o-${issuedAt}`);
      world.clock.time = Date.parse(endsAt) - 1;
      expect(await oms.directory.resolve(alias), issuedAt).toBeDefined();
      world.setTime(endsAt);
      expect(await oms.directory.resolve(alias), issuedAt).toBeUndefined();
    }
  });

  it('R3 is answered the same, after the same questions, where the alias is unknown, expired, revoked or erased', async () => {
    const expired = await issue('ana@shop.example', 'o-expired');
    world.setTime('2026-07-01T00:00:00Z');
    const revoked = await issue('ana@shop.example', 'o-revoked');
    const [{ id }] = await oms.directory.list({ ...order, orderId: 'o-revoked' });
    await oms.control.revoke('shop', id, 'staff-1');
    const erased = await issue('ana@shop.example', 'o-erased');
    await oms.database.manager.update(Participant, { orderId: 'o-erased' }, { state: 'erased', sealed: null });
    const unknown = `${'0'.repeat(32)}@ct.example.com`;
    const questions = new Set<string>();
    for (const alias of [unknown, expired, revoked, erased]) {
      oms.statements.length = 0;
      expect(await oms.directory.resolve(alias), alias).toBeUndefined();
      questions.add(oms.statements.join('\n'));
    }
    expect(questions.size).toBe(1);
  });

  it('never has an answer for the placeholder, and never fails, whatever is asked', async () => {
    expect(await oms.directory.resolve('undisclosed@ct.example.com')).toBeUndefined();
    const hex = fc.stringMatching(/^[0-9a-f]{32}$/);
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.emailAddress(),
      fc.oneof(hex, fc.string()).map((local) => `${local}@ct.example.com`),
      fc.tuple(fc.emailAddress(), fc.nat()).map(([address, n]) => `${address}-${n}b.ct.example.com`),
    );
    await issue('ana@shop.example');
    await fc.assert(
      fc.asyncProperty(text, async (address) => {
        expect(await oms.directory.resolve(address)).toBeUndefined();
      }),
    );
  });

  it('goes to whoever took the place of the person, as far as corrections have gone', async () => {
    const first = await issue('old@shop.example');
    const second = await issue('newer@shop.example');
    await issue('newest@shop.example');
    for (const alias of [first, second]) {
      const { participantId } = (await oms.directory.resolve(alias))!;
      expect(await oms.aliases.realAddress('shop', participantId)).toBe('newest@shop.example');
    }
    await oms.aliases.reconcile({ ...order, addresses: [person('old@shop.example')] });
    for (const [alias, address] of [
      [first, 'old@shop.example'],
      [second, 'old@shop.example'],
    ]) {
      const { participantId } = (await oms.directory.resolve(alias))!;
      expect(await oms.aliases.realAddress('shop', participantId)).toBe(address);
    }
  });

  it('has nowhere to go where no mail server would take the address', async () => {
    const broken = { ...person('ana@@shop'), deliverable: false };
    const [aliases] = await oms.aliases.issue([{ ...order, addresses: [broken] }]);
    const found = await oms.directory.resolve(aliases.get('ana@@shop')!);
    expect(found).toMatchObject(order);
    expect(await oms.aliases.realAddress('shop', found!.participantId)).toBeUndefined();
  });
});

describe("an order's list of aliases", () => {
  it('shows each with its person, form and end', async () => {
    const alias = await issue('ana@shop.example');
    await simple();
    world.setTime('2026-05-02T00:00:00Z');
    const store = { ...person('hi@store.example', 'store'), name: undefined };
    await oms.aliases.issue([{ ...order, addresses: [person('ana@shop.example'), store] }]);
    expect(await oms.directory.list(order)).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        customerKey: expect.stringMatching(/^[0-9a-f]{32}$/),
        alias,
        name: 'Ana Pérez',
        roles: ['customer'],
        maskType: 'complex',
        generation: 1,
        issuedAt: Date.parse('2026-05-01T00:00:00Z'),
        expiresAt: Date.parse('2026-07-01T00:00:00Z'),
        state: 'live',
      },
      expect.objectContaining({
        alias: expect.stringMatching(/^hi@store\.example-\d{12}b\.ct\.example\.com$/),
        roles: ['store'],
        maskType: 'simple',
        state: 'live',
      }),
    ]);
    expect(await oms.directory.list({ ...order, storeId: 'other' })).toEqual([]);
  });

  it('keeps the last alias of a person after its purge, as dead as it was', async () => {
    const alias = await issue('ana@shop.example');
    const [{ id }] = await oms.directory.list(order);
    world.setTime('2026-07-01T00:00:00Z');
    const before = await oms.directory.list(order);
    expect(before).toMatchObject([{ id, alias, state: 'expired' }]);
    await oms.database.manager.delete(Alias, { id });
    expect(await oms.directory.list(order)).toEqual(before);
    expect(await oms.directory.find('shop', id)).toEqual(before[0]);
    expect(await oms.directory.find('other', id)).toBeUndefined();
  });

  it('does not show who was erased', async () => {
    await issue('ana@shop.example');
    await oms.database.manager.update(Participant, { orderId: 'o-1' }, { state: 'erased', sealed: null });
    expect(await oms.directory.list(order)).toEqual([]);
  });

  it('keeps saying in which role somebody was whose address was corrected', async () => {
    await issue('old@shop.example');
    await issue('new@shop.example');
    const roles = (await oms.directory.list(order)).map((alias) => alias.roles);
    expect(roles).toEqual([['customer'], ['customer']]);
  });
});
