import { describe, expect, it } from 'vitest';
import { roleValues } from './role-values.js';

const scope = { placeholder: 'undisclosed@ct.example.com', trackerDomains: ['ct.example.com'] };
const values = (order: unknown) => roleValues(JSON.stringify(order), scope);
const told = (order: unknown) => values(order).map(({ path, role, address }) => [path, role, address]);

describe('the participants that an order names', () => {
  it("are found in VTEX's order JSON, with role and name", () => {
    const order = {
      orderId: 'v-1',
      followUpEmail: 'help@shop.example',
      cancelledBy: 'sandra@shop.example',
      sellers: [{ name: 'North', email: 'north@seller.example' }],
      callCenterOperatorData: { email: 'sandra@shop.example', userName: 'Sandra Daves' },
      clientProfileData: { email: 'juan@mail.example', firstName: 'Juan', lastName: 'Valdez', isCorporate: false },
    };
    expect(values(order).map(({ path, role, name }) => [path, role, name])).toEqual([
      ['followUpEmail', 'store', undefined],
      ['cancelledBy', 'operator', undefined],
      ['sellers[0].email', 'seller', 'North'],
      ['callCenterOperatorData.email', 'operator', 'Sandra Daves'],
      ['clientProfileData.email', 'customer', 'Juan Valdez'],
    ]);
  });

  it('are found in a plain order', () => {
    const order = {
      customer: { email: ' Juan@Mail.example ' },
      carrierEmail: 'van@carrier.example',
      email: 'a@b.example',
    };
    expect(told(order)).toEqual([
      ['customer.email', 'customer', 'Juan@Mail.example'],
      ['carrierEmail', 'carrier', 'van@carrier.example'],
      ['email', 'customer', 'a@b.example'],
    ]);
  });

  it('do not come from free text, other keys, JSON in a string, or our own aliases', () => {
    const order = {
      note: 'write to juan@mail.example',
      contact: 'juan@mail.example',
      raw: JSON.stringify({ customer: { email: 'juan@mail.example' } }),
      email: 'ff2e6348a53a4d449af92be2a1011328@ct.example.com',
    };
    expect(told(order)).toEqual([]);
  });

  it('are undeliverable where the address is broken, also one of a customer without any at sign', () => {
    const order = { customer: { email: 'juan at mail.example' }, seller: { email: 'north@@seller.example' } };
    expect(values(order).map(({ path, deliverable }) => [path, deliverable])).toEqual([
      ['customer.email', false],
      ['seller.email', false],
    ]);
  });

  it('are named by nothing that holds an address', () => {
    const [value] = values({ customer: { name: 'juan@mail.example', email: 'juan@mail.example' } });
    expect(value.name).toBeUndefined();
  });

  it('are found however deep they stand', () => {
    const deep = `${'{"a":'.repeat(5_000)}{"email":"juan@mail.example"}${'}'.repeat(5_000)}`;
    expect(roleValues(deep, scope)).toHaveLength(1);
  });
});
