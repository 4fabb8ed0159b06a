import { randomBytes } from 'node:crypto';

/** The two ports that only a host can fill, closed until it does, and where its keys come from. */
export const newFiles: Readonly<Record<string, string>> = {
  'tracker-orders.ts': `import { Injectable } from '@nestjs/common';
import { type OrderRef, type OrderSource } from 'nestjs-conversation-tracker';

/** Finds your orders for the tracker, with their real addresses. */
@Injectable()
export class TrackerOrders implements OrderSource {
  findOrder({ storeId, orderId }: OrderRef): Promise<object | undefined> {
    // Inject your orders' service and ask it here. Until then no mail knows its order.
    void storeId;
    void orderId;
    return Promise.resolve(undefined);
  }
}
`,
  'tracker-access.ts': `import { type ExecutionContext, Injectable } from '@nestjs/common';
import { type AccessGrant, type AccessPolicy, type TrackerAction } from 'nestjs-conversation-tracker';

/** Who may do what over the tracker's routes. Nobody may do anything until you say so here. */
@Injectable()
export class TrackerAccess implements AccessPolicy {
  authorize(action: TrackerAction, context: ExecutionContext): AccessGrant | undefined {
    // Such as: const { user } = context.switchToHttp().getRequest(); return user && { actor: user.id };
    void action;
    void context;
    return undefined;
  }
}
`,
  'tracker-keys.ts': `import { readFileSync } from 'node:fs';
import { type KeyOptions } from 'nestjs-conversation-tracker';

/**
 * The keys under which aliases and addresses lie: keep them as you keep the database, which cannot be read without them.
 * \`tracker-keys.json\` was made for development; production names a file of its own in TRACKER_KEYS_FILE.
 */
export function trackerKeys(): KeyOptions {
  return JSON.parse(readFileSync(process.env.TRACKER_KEYS_FILE ?? 'tracker-keys.json', 'utf8')) as KeyOptions;
}
`,
};

export function newKeys(): string {
  const keySet = () => ({ current: 'k1', keys: { k1: randomBytes(32).toString('hex') } });
  return `${JSON.stringify({ encryption: keySet(), index: keySet(), alias: keySet() }, null, 2)}\n`;
}
