import { describe, expect, it } from 'vitest';
import type { DeclaredRoles } from './declared-roles.js';
import { maskOrderText, maskScopedText } from './mask-order-text.js';
import { orderScopes, scopeByOrder } from './order-scopes.js';
import type { OrderScope } from './order-scope.js';
import { roleValues } from './role-values.js';

const placeholder = 'undisclosed@ct.example.com';
const alias = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@ct.example.com';
const scope = (rolePaths?: DeclaredRoles, aliases: Record<string, string> = {}): OrderScope => ({
  aliases: new Map(Object.entries(aliases)),
  placeholder,
  trackerDomains: ['ct.example.com'],
  rolePaths,
});
const told = (order: unknown, rolePaths: DeclaredRoles) =>
  roleValues(JSON.stringify(order), scope(rolePaths)).map(({ path, role }) => [path, role]);
const unresolved = (order: unknown, rolePaths?: DeclaredRoles) =>
  maskOrderText(JSON.stringify(order), scope(rolePaths)).unresolved;

const ana = 'ana@x.com';

describe('a role path that the host declares', () => {
  it.each<[string, object, string]>([
    ['driver', { driver: ana }, 'driver'],
    ['packages[].driver.contact', { packages: [{}, { driver: { contact: ana } }] }, 'packages[1].driver.contact'],
    ['watchers[]', { watchers: ['', ana] }, 'watchers[1]'],
    ['[].boss', [{ boss: ana }], '[0].boss'],
    ['grid[][]', { grid: [[], [ana]] }, 'grid[1][0]'],
    ['["shop mail"]', { 'shop mail': ana }, '["shop mail"]'],
    ['custom["a.b"]', { custom: { 'a.b': ana } }, 'custom["a.b"]'],
    ['custom["a\\"]"].to', { custom: { 'a"]': { to: ana } } }, 'custom["a\\"]"].to'],
  ])('names a participant: %s', (declared, order, path) => {
    expect(told(order, { [declared]: 'courier' })).toEqual([[path, 'courier']]);
    expect(unresolved(order, { [declared]: 'courier' })).toBe(true);
    expect(unresolved(order)).toBe(false);
  });

  it('gives another role to a member that is known without it', () => {
    expect(told({ customer: { email: ana } }, { 'customer.email': 'store' })).toEqual([['customer.email', 'store']]);
  });

  it('names nobody where its role is null: the address there is free text', () => {
    const order = { partner: { email: `x ${ana}` } };
    expect(told(order, { 'partner.email': null })).toEqual([]);
    expect(maskOrderText(JSON.stringify(order), scope({ 'partner.email': null }))).toEqual({
      text: `{"partner":{"email":"x ${placeholder}"}}`,
      replaced: 1,
      unresolved: false,
    });
  });

  it('says nothing of other paths that end with the same member', () => {
    const roles = { 'a.driver': 'courier', 'a.email': null };
    const order = { driver: ana, a: [{ driver: ana }], email: ana };
    expect(told(order, roles)).toEqual([['email', 'customer']]);
    expect(unresolved({ driver: ana, a: [{ driver: ana }] }, roles)).toBe(false);
    expect(unresolved({ email: ana, a: { email: ana } }, roles)).toBe(true);
    expect(unresolved({ a: { email: ana } }, roles)).toBe(false);
  });

  it('says nothing of JSON inside a string, or of names that every object inherits', () => {
    expect(unresolved({ raw: '{"driver":"ana@x.com"}' }, { driver: 'courier' })).toBe(false);
    expect(told({ constructor: ana, toString: ana }, { driver: 'courier' })).toEqual([]);
  });

  it('is a path from the order, wherever the order stands', () => {
    const text = JSON.stringify({
      page: [{ orderId: '1', driver: ana, sub: { orderId: '2', driver: ana } }],
      driver: ana,
    });
    const roles = { driver: 'courier' };
    const known = scope(roles, { [ana]: alias });
    const scoped = (knowing: string) =>
      maskScopedText(
        text,
        scopeByOrder(orderScopes(text), (id) => (id === knowing ? known : scope(roles)), scope(roles)),
      ).unresolved;
    expect(scoped('1')).toBe(true);
    expect(scoped('2')).toBe(true);
    expect(
      maskScopedText(
        text,
        scopeByOrder(orderScopes(text), () => known, scope(roles)),
      ).unresolved,
    ).toBe(false);
  });

  it('masks a broken address whole, and one of a customer without any at sign where the order knows it', () => {
    const order = JSON.stringify({ kunde: { mail: 'ana at x' }, driver: 'ana @x.com' });
    const roles = { 'kunde.mail': 'customer', driver: 'courier' };
    expect(told(JSON.parse(order), roles)).toEqual([
      ['kunde.mail', 'customer'],
      ['driver', 'courier'],
    ]);
    expect(maskOrderText(order, scope(roles, { 'ana at x': alias })).text).toBe(
      `{"kunde":{"mail":"${alias}"},"driver":"${placeholder}"}`,
    );
    const nobody = { 'customer.email': null };
    const text = '{"customer":{"email":"ana at x"}}';
    expect(told(JSON.parse(text), nobody)).toEqual([]);
    expect(maskOrderText(text, scope(nobody, { 'ana at x': alias })).text).toBe(text);
  });
});

describe("a declared customer's address without any at sign", () => {
  it.each([
    ['kunde.mail', { kunde: { mail: 'ana at x' } }],
    ['buyers[]', { buyers: ['ana at x'] }],
    ['kunde["e-\u00fc \\"mail"]', { kunde: { 'e-\u00fc "mail': 'ana at x' } }],
  ])('asks for an alias in an order that did not know it: %s', (path, order) => {
    const masked = maskOrderText(JSON.stringify(order), scope({ [path]: 'customer' }, { [ana]: alias }));
    expect(masked).toMatchObject({ replaced: 1, unresolved: true });
    expect(masked.text).toContain(placeholder);
  });
});
