import { type Html, html } from '../web/html.js';
import { orderView } from './order-view.js';
import { mailboxView } from './mailbox-view.js';
import { timelineView } from './timeline-view.js';
import { type Choice, marksOf, type Outcome, type Scene, type Section } from './scene.js';

/** Mails are shown as text alone: nothing of a stranger's is markup here. */
export const playgroundPolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

export function playgroundPage(scene: Scene): string {
  const { storeId, order, choices, steps, owners, outcome, now } = scene;
  const marks = marksOf(scene);
  const path = `/playground/${storeId}/${order.orderId}`;
  const stepForm = steps.map(
    ({ name, label }, index) =>
      html`<button name="step" value="${name}" class="${index === 0 ? 'main' : 'other'}">${label}</button> `,
  );
  return frame(
    `Playground: order ${order.orderId}`,
    html`<header>
        <h1>Playground</h1>
        <p>
          One order and the people around it. You play all of them; the mail goes by SMTP through the real tracker, and
          none of it leaves this machine. Real addresses are <mark class="real">red</mark>, aliases are
          <mark class="alias">green</mark>.
        </p>
        <nav aria-label="Elsewhere">
          <a href="/orders/${order.orderId}">The order in the OMS, for who signs in</a>
          <a href="/inbox">All mailboxes</a>
          <a href="/inbox.json">Mailboxes as JSON</a>
          <a href="/api">REST routes</a>
        </nav>
      </header>
      <main>
        ${choiceForm(choices, scene)}
        <h2 id="steps">1. Move the order</h2>
        <p>Status: <strong>${order.statusDescription}</strong>. Each step mails the customer.</p>
        ${outcomeIn('steps', outcome)}
        <form method="post" action="${path}/steps" class="row">
          ${steps.length > 0 ? stepForm : html`<span class="quiet">It has come to its end.</span>`}
        </form>
        <h2 id="order">2. What the others see</h2>
        ${orderView(scene)}
        <h2 id="mailboxes">3. What lies in their mailboxes</h2>
        <p>
          Answer any mail. The other side gets it within a moment, with both addresses masked. Write as a spoofer, and
          it is held.
        </p>
        ${outcomeIn('mailboxes', outcome)}
        <div class="columns">${owners.map((owner) => mailboxView(owner, path, marks))}</div>
        <h2 id="timeline">4. What the store’s timeline says</h2>
        ${timelineView(scene.timeline, marks)}
        <h2 id="later">5. Two months later</h2>
        <p>
          An alias lives two months. The tracker’s clock says
          <time datetime="${now}">${now.slice(0, 10)}</time>; move it on, and a mail to an old alias is refused. A
          restart brings today back.
        </p>
        ${outcomeIn('later', outcome)}
        <form method="post" action="${path}/later" class="row"><button>Two months later</button></form>
      </main>`,
  );
}

/** Where no order is yet. */
export const emptyPage = (storeIds: readonly string[]): string =>
  frame(
    'Playground',
    html`<header><h1>Playground</h1></header>
      <main>
        <p>There is no order yet. Place one.</p>
        ${placeForm(storeIds)}
      </main>`,
  );

function choiceForm(choices: readonly Choice[], { storeId, order }: Scene): Html {
  const options = choices.map((choice) =>
    choice.storeId === storeId && choice.orderId === order.orderId
      ? html`<option value="${choice.storeId}/${choice.orderId}" selected>${choice.title}</option>`
      : html`<option value="${choice.storeId}/${choice.orderId}">${choice.title}</option>`,
  );
  return html`<div class="row">
    <form method="get" action="/playground" class="row">
      <label for="order-choice">Order</label>
      <select id="order-choice" name="order">
        ${options}
      </select>
      <button>Show</button>
    </form>
    ${placeForm([storeId])}
  </div>`;
}

const placeForm = (storeIds: readonly string[]): Html =>
  html`<form method="post" action="/playground" class="row">
    ${storeIds.map((storeId) => html`<button name="store" value="${storeId}">Place a new order in ${storeId}</button> `)}
  </form>`;

function outcomeIn(section: Section, outcome: Outcome | undefined): Html | [] {
  if (outcome?.section !== section) return [];
  return outcome.kind === 'done'
    ? html`<p role="status">${outcome.text}</p>`
    : html`<p role="alert">${outcome.text}</p>`;
}

const frame = (title: string, body: Html): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="stylesheet" href="/playground.css" />
      </head>
      <body>
        ${body}
      </body>
    </html> `.source;
