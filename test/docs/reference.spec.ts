import { readFileSync } from 'node:fs';
import { conversationTrackerEntities } from 'nestjs-conversation-tracker';
import { getMetadataArgsStorage } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { trackerErrors } from '../../libs/conversation-tracker/src/kernel/errors.js';
import { orderSteps } from '../../libs/conversation-tracker/src/ports/order-events.js';
import { defaultStoreSettings } from '../../libs/conversation-tracker/src/settings/store-settings-values.js';
import { type DeclaredMember, declaredMembers } from './declared-members.js';
import { readTable } from './markdown-table.js';

/** `purge: { everyMinutes }` as `purge.everyMinutes`. */
function flatten(members: readonly DeclaredMember[], above = '', optional = false): DeclaredMember[] {
  return members.flatMap((member) => {
    const flat = { ...member, name: above + member.name, optional: optional || member.optional };
    return member.members.length > 0 ? flatten(member.members, `${flat.name}.`, flat.optional) : [flat];
  });
}

describe('docs/reference tells of', () => {
  it('every option, with its default', () => {
    const declared = ['ConversationTrackerOptions', 'ConversationTrackerExtras'].flatMap((name) =>
      flatten(declaredMembers('conversation-tracker.options.ts', name)),
    );
    const rows = readTable('options.md', 'option');
    expect(rows.map(({ option }) => option)).toEqual(declared.map(({ name }) => name));
    for (const { name, optional, byDefault } of declared) {
      const row = rows.find(({ option }) => option === name);
      if (!optional) expect(row, name).toMatchObject({ default: 'required' });
      else if (byDefault) expect(row, name).toMatchObject({ default: byDefault.replaceAll('`', '') });
      else expect(row, name).not.toMatchObject({ default: 'required' });
    }
  });

  it('every error, with its status and title', () => {
    const errors = Object.entries(trackerErrors).map(([code, { status, title }]) => ({ code, status, title }));
    const rows = readTable('errors.md', 'code').map(({ code, status, title }) => ({
      code,
      status: Number(status),
      title,
    }));
    expect(rows).toEqual(errors);
  });

  it('every event, with its payload', () => {
    const events = declaredMembers('ports/event-map.ts', 'TrackerEventMap').map(({ name, members }) => ({
      event: name,
      payload: members.map((member) => (member.optional ? `${member.name}?` : member.name)).join(', '),
    }));
    expect(readTable('events.md', 'event').map(({ event, payload }) => ({ event, payload }))).toEqual(events);
  });

  it('every step, with whether it is mailed by default', () => {
    const steps = orderSteps.map((step) => ({
      step,
      'mailed by default': defaultStoreSettings.mailSteps.includes(step) ? 'yes' : 'no',
    }));
    expect(readTable('events.md', 'step')).toEqual(steps);
  });

  it('every setting of a store', () => {
    const settings = declaredMembers('settings/store-settings-values.ts', 'StoreSettingsValues');
    expect(readTable('rest.md', 'setting').map(({ setting }) => setting)).toEqual(settings.map(({ name }) => name));
  });

  it('every environment variable of the reference OMS', () => {
    const source = readFileSync(new URL('../../src/config/oms-config.ts', import.meta.url), 'utf8');
    const read = [...source.matchAll(/read\.\w+\('([A-Z_]+)'/g)].map(([, name]) => name);
    expect(readTable('reference-oms.md', 'variable').map(({ variable }) => variable)).toEqual([...new Set(read)]);
  });

  it('every table, with its columns', () => {
    const { tables, columns } = getMetadataArgsStorage();
    const declared = conversationTrackerEntities.map((entity) => ({
      table: tables.find(({ target }) => target === entity)?.name,
      columns: columns.filter(({ target }) => target === entity).map(({ propertyName }) => propertyName),
    }));
    const rows = readTable('tables.md', 'table').map(({ table, columns: names }) => ({
      table,
      columns: names.split(', '),
    }));
    expect(rows).toEqual(declared);
  });
});
