import { setTimeout as wait } from 'node:timers/promises';
import { Injectable, Optional } from '@nestjs/common';
import { isEmail } from 'class-validator';
import type { InboxMail } from '../inbox/inbox-mail.js';
import { InboxService } from '../inbox/inbox.service.js';
import { answerTo, type Letter } from '../inbox/letter.js';
import { MailWriter } from '../inbox/mail-writer.js';
import { OrderReader } from '../orders/order-reader.js';
import type { Order } from '../orders/order.js';
import { OrdersService } from '../orders/orders.service.js';
import { orderNotFound, Problem } from '../problem/problem.js';
import { seedOrders } from '../seed/seed-orders.js';
import { storeIds } from '../stores/stores.js';
import { nextSteps, takeStep } from './next-steps.js';
import { OrderWindow, type WindowAlias } from './order-window.js';
import { peopleOf, type Person } from './people.js';
import type { Choice, Outcome, Owner, Scene } from './scene.js';
import { TimeMachine } from '../clock/time-machine.js';

const LIFETIME_MONTHS = 2;
const CHOICES = 12;
/** A mail is relayed in well under a second; the page waits for it, so that a person need not. */
const SETTLED_MS = 600;
const PATIENCE_MS = 5_000;
const POLL_MS = 100;

/** Somebody's letter, as a form of the page sends it. */
export interface Words {
  /** The role of who writes. */
  from: string;
  /** The inbox's id of the mail that is answered; else it is a first letter. */
  answers?: string;
  text: string;
  spoof?: boolean;
}

/** Lets a newcomer play every part around one order, with the real parts at work. */
@Injectable()
export class PlaygroundService {
  private outcome: Outcome | undefined;

  constructor(
    private readonly orders: OrdersService,
    private readonly reader: OrderReader,
    private readonly inbox: InboxService,
    private readonly writer: MailWriter,
    private readonly time: TimeMachine,
    @Optional() private readonly window?: OrderWindow,
  ) {}

  get isOpen(): boolean {
    return this.inbox.isOpen && this.writer.canWrite && this.window !== undefined;
  }

  /** The orders to choose from, the newest first. */
  async choices(): Promise<Choice[]> {
    const pages = storeIds.map(async (storeId) => {
      const { orders } = await this.reader.findPage(storeId, { number: 1, size: CHOICES });
      return orders.map((order): Choice => {
        const { firstName, lastName } = order.clientProfileData;
        const name = [firstName, lastName].filter(Boolean).join(' ') || 'somebody';
        const title = `${order.orderId} · ${name} · ${storeId}`;
        return { storeId, orderId: order.orderId, title, hasMailbox: isEmail(order.clientProfileData.email) };
      });
    });
    return (await Promise.all(pages)).flat();
  }

  /** @returns its id */
  async placeOrder(storeId: string): Promise<string> {
    const [sample] = seedOrders[storeId] ?? [];
    if (!sample) throw new Problem(404, 'store-not-found', 'There is no such store');
    const { orderId } = await this.orders.place(storeId, sample);
    this.outcome = {
      section: 'steps',
      kind: 'done',
      text: `Order ${orderId} was placed. Nobody got a mail yet: take its first step.`,
    };
    return orderId;
  }

  async takeStep(storeId: string, orderId: string, name: string): Promise<void> {
    const step = takeStep(name);
    if (!step) throw new Problem(404, 'step-not-found', 'There is no such step');
    const before = await this.state(storeId, orderId);
    await this.orders.apply(storeId, orderId, step);
    this.outcome = { section: 'steps', kind: 'done', text: 'Done. The customer’s mail is in the mailbox below.' };
    await this.settle(storeId, orderId, before);
  }

  async write(storeId: string, orderId: string, { from, answers, text, spoof = false }: Words): Promise<void> {
    const order = await this.find(storeId, orderId);
    const owner = (await this.owners(storeId, order)).find(({ role }) => role === from);
    const letter = owner && letterOf(owner, order, text, answers);
    if (!letter) throw new Problem(422, 'nobody-to-write-to', 'There is nobody to write to yet');
    const before = await this.state(storeId, orderId);
    this.outcome = { section: 'mailboxes', ...(await this.handIn(letter, spoof)) };
    if (this.outcome.kind === 'done') await this.settle(storeId, orderId, before);
  }

  /** Moves the clock past the lives of all aliases, and shows what an old one answers. */
  async twoMonthsLater(storeId: string, orderId: string): Promise<void> {
    const order = await this.find(storeId, orderId);
    const [customer] = await this.owners(storeId, order);
    const letter = letterOf(customer, order, 'Is this address still good?');
    this.time.moveOn(LIFETIME_MONTHS);
    const answer = letter && (await this.handIn(letter, false));
    this.outcome = {
      section: 'later',
      kind: 'done',
      text: `It is two months later. The customer wrote to the store’s old alias, and the mail server said: ${answer?.text ?? ''}`,
    };
  }

  async scene(storeId: string, orderId: string): Promise<Scene> {
    const order = await this.find(storeId, orderId);
    const { window } = this;
    if (!window) throw orderNotFound();
    const { outcome } = this;
    this.outcome = undefined;
    return {
      storeId,
      order,
      masked: await window.masked(storeId, order),
      choices: await this.choices(),
      steps: nextSteps(order),
      owners: await this.owners(storeId, order),
      aliases: await window.aliases(storeId, orderId),
      timeline: await window.timeline(storeId, orderId),
      now: new Date(this.time.now()).toISOString(),
      outcome,
    };
  }

  private async find(storeId: string, orderId: string): Promise<Order> {
    const order = await this.reader.find(storeId, orderId);
    if (!order) throw orderNotFound();
    return order;
  }

  private async owners(storeId: string, order: Order): Promise<Owner[]> {
    const aliases = (await this.window?.aliases(storeId, order.orderId)) ?? [];
    return peopleOf(storeId, order).map((person) => ({
      ...person,
      mails: this.mailsOf(person, aliases),
      to: newestOf(person.writesTo, aliases),
    }));
  }

  /** One mailbox serves many orders; an order's mails are those between its aliases. */
  private mailsOf({ mailbox }: Person, aliases: readonly WindowAlias[]): InboxMail[] {
    return this.inbox
      .list()
      .filter(({ envelope }) => envelope.to.includes(mailbox.address))
      .filter(({ from, to }) => aliases.some(({ alias }) => `${from} ${to}`.includes(alias)));
  }

  private async handIn(letter: Letter, spoof: boolean): Promise<Omit<Outcome, 'section'>> {
    try {
      const { response } = await this.writer.handIn(letter, spoof);
      const fate = spoof
        ? 'It was taken, but nobody proved to be the sender: the timeline shows it held.'
        : 'It was taken.';
      return { kind: 'done', text: `${fate} The mail server said: ${response}` };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const { answer } = error.members;
      return { kind: 'refused', text: `Not taken: ${typeof answer === 'string' ? answer : error.title}` };
    }
  }

  /** Waits until something new has come, and then nothing more for a moment. */
  private async settle(storeId: string, orderId: string, before: string): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    let last = before;
    let quietSince = Date.now();
    while (Date.now() < end && (last === before || Date.now() - quietSince < SETTLED_MS)) {
      await wait(POLL_MS);
      const now = await this.state(storeId, orderId);
      if (now !== last) quietSince = Date.now();
      last = now;
    }
  }

  private async state(storeId: string, orderId: string): Promise<string> {
    const entries = (await this.window?.timeline(storeId, orderId)) ?? [];
    return `${entries.length} ${this.inbox.list()[0]?.id}`;
  }
}

function letterOf(owner: Owner, order: Order, text: string, answers?: string): Letter | undefined {
  const { mailbox, mails, to } = owner;
  if (answers !== undefined) {
    const mail = mails.find(({ id }) => id === answers);
    return mail && answerTo(mail, mailbox.address, { text });
  }
  const subject = `Order ${order.orderId}`;
  return to === undefined ? undefined : { from: mailbox, to: { address: to, name: '' }, subject, text, thread: [] };
}

/** Aliases come oldest first. */
const newestOf = (role: string, aliases: readonly WindowAlias[]): string | undefined =>
  aliases.findLast(({ roles }) => roles.includes(role))?.alias;
