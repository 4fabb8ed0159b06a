import { alternative, leaf, lines } from './mime.js';
import { orderMail, type OrderMail, signature } from './order-mail.js';

const UTF8 = 'text/plain; charset=utf-8';
const HTML = 'text/html; charset=utf-8';

/** What people write to each other by hand. */
export const letters: OrderMail[] = [
  orderMail(
    { kind: 'a question in plain text', from: 'customer', to: 'store', shows: ['¿Cuándo llega?'] },
    (writer) => ({
      subject: 'My order',
      body: leaf(UTF8, lines('Hello,', '', '¿Cuándo llega?', ...signature(writer))),
    }),
  ),
  orderMail(
    { kind: 'a letter in HTML alone', from: 'customer', to: 'store', shows: ['Please ring the bell twice.'] },
    ({ address }) => ({
      subject: 'Doorbell',
      body: leaf(
        HTML,
        lines(
          '<html><body><p>Please ring the bell twice.</p>',
          `<p>Ana, <a href="mailto:${address}">${address}</a></p>`,
          '</body></html>',
        ),
      ),
    }),
  ),
  orderMail(
    {
      kind: 'an answer over two levels of quotes',
      from: 'customer',
      to: 'store',
      shows: ['Tuesday suits me.', '> > Is anybody home'],
    },
    ({ address }, to) => ({
      subject: 'Re: Re: Delivery',
      body: leaf(
        UTF8,
        lines(
          'Tuesday suits me.',
          '',
          `On Mon, 7 Sep 2026 at 10:14, The Shop <${to}> wrote:`,
          '> Tuesday or Wednesday?',
          '>',
          `> On Sun, 6 Sep 2026 at 21:40, Ana Pérez <${address}>`,
          '> wrote:',
          '>',
          `> > Is anybody home at ${address}?`,
        ),
      ),
    }),
  ),
  orderMail(
    {
      kind: 'an answer in a webmail’s HTML with the quote in it',
      from: 'customer',
      to: 'store',
      shows: ['It fits', 'gmail_quote'],
    },
    ({ address }, to) => ({
      subject: 'Re: Your order is on its way',
      body: alternative(
        leaf(
          UTF8,
          lines(
            'It fits, thanks!',
            '',
            `On Mon, Sep 7, 2026 at 9:03 The Shop <${to}> wrote:`,
            '',
            '> It is on its way.',
            `> to ${address}`,
          ),
        ),
        leaf(
          HTML,
          lines(
            '<div dir="ltr">It fits, thanks!</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">',
            `On Mon, Sep 7, 2026 at 9:03&nbsp;The Shop &lt;<a href="mailto:${to}">${to}</a>&gt; wrote:<br></div>`,
            '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204)">',
            `It is on its way to <a href="mailto:${address.replace('@', '%40')}" target="_blank">${address.replace('@', '<wbr>@')}</a>`,
            '</blockquote></div>',
          ),
          'quoted-printable',
        ),
      ),
    }),
  ),
  orderMail(
    {
      kind: 'flowed text (RFC 3676)',
      from: 'customer',
      to: 'store',
      shows: ['a long line that the reader', 'may wrap'],
    },
    (writer) => ({
      subject: 'Wrapping',
      body: leaf(
        'text/plain; charset=UTF-8; format=flowed',
        lines(
          'This is a long line that the reader ',
          'may wrap anywhere, or ',
          'nowhere at all.',
          ...signature(writer),
        ),
      ),
    }),
  ),
  orderMail(
    { kind: 'text in ISO-8859-1, quoted-printable', from: 'store', to: 'customer', shows: ['Señora Pérez', 'mañana'] },
    (writer) => ({
      subject: 'Mañana',
      body: leaf(
        'text/plain; charset=iso-8859-1',
        Buffer.from(lines('Señora Pérez: llega mañana.', ...signature(writer)), 'latin1'),
        'quoted-printable',
      ),
    }),
  ),
  orderMail(
    { kind: 'text in windows-1252, 8bit', from: 'store', to: 'customer', shows: ['“Ready” – 12,50 €'] },
    (writer) => ({
      subject: 'Price',
      body: leaf(
        'text/plain; charset="windows-1252"',
        // Where ISO-8859-1 has control codes this has quotes, a dash and the euro sign.
        Buffer.from(lines('\x93Ready\x94 \x96 12,50 \x80', ...signature(writer)), 'latin1'),
      ),
    }),
  ),
  orderMail(
    {
      kind: 'quoted-printable with soft breaks inside of words',
      from: 'customer',
      to: 'store',
      shows: ['verylongwordwithoutanyblank'],
    },
    ({ address }) => ({
      subject: 'Soft breaks',
      body: leaf(
        UTF8,
        lines(`${'verylongwordwithoutanyblank'.repeat(4)} ${address} ${'¡sí! '.repeat(20)}${address}`),
        'quoted-printable',
      ),
    }),
  ),
  orderMail(
    { kind: 'HTML and text in base64', from: 'store', to: 'customer', shows: ['Gracias por su compra ♥'] },
    ({ address }) => ({
      subject: 'Gracias',
      body: alternative(
        leaf(UTF8, lines('Gracias por su compra ♥', address), 'base64'),
        leaf(
          HTML,
          lines(`<h1>Gracias por su compra ♥</h1><a href="mailto:${address}?subject=Pedido">${address}</a>`),
          'base64',
        ),
      ),
    }),
  ),
  orderMail(
    {
      kind: 'a subject of emoji over several encoded words',
      from: 'customer',
      to: 'store',
      shows: ['📦📦📦 ¿dónde está mi paquete? 😀'],
    },
    (writer) => ({
      subject: '📦📦📦 ¿dónde está mi paquete? 😀 Ya son tres días y nadie me dice nada',
      body: leaf(UTF8, lines('See above.', ...signature(writer))),
    }),
  ),
  orderMail({ kind: 'no words in the subject', from: 'customer', to: 'store', shows: ['No time for one'] }, () => ({
    subject: '',
    body: leaf(UTF8, lines('No time for one.')),
  })),
  orderMail({ kind: 'no Subject at all', from: 'customer', to: 'store', shows: ['Forgot it'] }, () => ({
    body: leaf(UTF8, lines('Forgot it.')),
  })),
  orderMail(
    { kind: 'plain ASCII that names no type', from: 'customer', to: 'store', shows: ['Old mail programs'] },
    ({ address }) => ({
      subject: 'Plain',
      body: { headers: [], body: Buffer.from(lines('Old mail programs say nothing.', address)) },
    }),
  ),
  orderMail({ kind: 'a thread of sixty mails', from: 'customer', to: 'store', shows: ['Still here'] }, (writer) => {
    const ids = Array.from(
      { length: 60 },
      (_, n) => `<CAF${n}.${'x'.repeat(40)}@${n % 2 ? 'customer' : 'mailer'}.example>`,
    );
    return {
      subject: 'Re: Re: Re: Re: Order',
      more: [`In-Reply-To: ${ids.at(-1)}`, `References: ${ids.join('\r\n ')}`],
      body: leaf(UTF8, lines('Still here.', ...signature(writer))),
    };
  }),
  orderMail(
    { kind: 'a telephone’s mail', from: 'customer', to: 'store', shows: ['Sent from my phone', 'Blue, please'] },
    ({ address }, to) => ({
      subject: 'Re: Colour',
      more: ['X-Mailer: iPhone Mail (21F90)', 'Content-Language: es'],
      body: alternative(
        leaf(
          'text/plain; charset=us-ascii',
          lines('Blue, please', '', 'Sent from my phone', '', `> ${to}`),
          'quoted-printable',
        ),
        leaf(
          HTML,
          lines(
            '<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body dir="auto">Blue, please<br>',
            `<div dir="ltr">Sent from my phone</div><blockquote type="cite">${address}</blockquote></body></html>`,
          ),
        ),
      ),
    }),
  ),
  orderMail(
    {
      kind: 'wishes for another address, a receipt and a copy',
      from: 'customer',
      to: 'store',
      shows: ['Answer me there'],
    },
    (writer, to) => ({
      subject: 'Receipts',
      more: [
        `Reply-To: "Ana at work" <${writer.address}>`,
        `Sender: ${writer.address}`,
        `Cc: Rosa Diaz <rosa@neighbour.example>, <${to}>`,
        `Disposition-Notification-To: <${writer.address}>`,
        `Return-Receipt-To: ${writer.address}`,
        'X-Originating-IP: [203.0.113.7]',
        `Autocrypt: addr=${writer.address}; prefer-encrypt=mutual; keydata=mDMEXEcE6RYJKwYBBAHaRw8BAQdA`,
        'Importance: high',
        'X-Priority: 1 (Highest)',
      ],
      body: leaf(UTF8, lines('Answer me there.')),
    }),
  ),
  orderMail(
    {
      kind: 'an out-of-office answer',
      from: 'customer',
      to: 'store',
      shows: ['I am away until Monday'],
      automatic: true,
    },
    ({ address }) => ({
      subject: 'Automatic reply: Your order',
      more: ['Auto-Submitted: auto-replied', 'X-Auto-Response-Suppress: All', 'Precedence: auto_reply'],
      body: leaf(UTF8, lines(`I am away until Monday. Write to ${address} again then.`)),
    }),
  ),
];
