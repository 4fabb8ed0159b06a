import { Injectable } from '@nestjs/common';
import {
  type MessageView,
  OrderConversation,
  OrderMaskingService,
  type TimelineEntryView,
} from 'nestjs-conversation-tracker';
import { OrderWindow, type WindowAlias, type WindowEntry } from '../playground/order-window.js';

const MOST_ENTRIES = 100;

/** The tracker's own view of an order. */
@Injectable()
export class TrackerWindow extends OrderWindow {
  constructor(
    private readonly masking: OrderMaskingService,
    private readonly conversation: OrderConversation,
  ) {
    super();
  }

  masked(storeId: string, order: object): Promise<string> {
    return this.masking.maskToJson(order, { storeId });
  }

  aliases(storeId: string, orderId: string): Promise<WindowAlias[]> {
    return this.conversation.aliases({ storeId, orderId });
  }

  async timeline(storeId: string, orderId: string): Promise<WindowEntry[]> {
    const { entries } = await this.conversation.timeline({ storeId, orderId }, { order: 'desc', limit: MOST_ENTRIES });
    return entries.map((entry) => ({ at: entry.occurredAt, held: false, lines: [], kind: entry.kind, ...told(entry) }));
  }
}

type Told = Pick<WindowEntry, 'title'> & Partial<WindowEntry>;

function told(entry: TimelineEntryView): Told {
  if (entry.kind === 'status') return { title: `Step: ${entry.step}` };
  if (entry.kind === 'delivery') return { title: `Mail ${entry.state}`, lines: [`to ${entry.alias}`] };
  if (entry.kind === 'alias') {
    return { title: `Alias ${entry.change}`, lines: entry.aliases.map(({ alias = 'one that is gone' }) => alias) };
  }
  return entry.kind === 'message' ? toldMessage(entry.message) : { title: 'Something new' };
}

function toldMessage(message: MessageView): Told {
  const { subject, from, to, disposition, holdReason, replaced = [], notes = [], step } = message;
  const isHeld = disposition === 'held';
  return {
    title: subject || '(no subject)',
    lines: [
      `${from.role || 'unknown'} → ${to.map(({ role }) => role).join(', ') || 'nobody'}`,
      `${from.alias} → ${to.map(({ alias }) => alias).join(', ') || 'nobody'}`,
      ...(step ? [`status mail: ${step}`] : []),
      ...(disposition ? [`${disposition}${holdReason ? `: ${holdReason}` : ''}`] : []),
      ...replaced.map(({ kind, count }) => `${count} × an address replaced (${kind})`),
      ...notes,
    ],
    held: isHeld,
  };
}
