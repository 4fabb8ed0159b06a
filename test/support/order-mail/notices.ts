import { png } from './documents.js';
import { alternative, attachment, leaf, lines, mixed } from './mime.js';
import { orderMail, type OrderMail } from './order-mail.js';

const UTF8 = 'text/plain; charset=utf-8';
const HTML = 'text/html; charset=utf-8';

/** What a mail service adds to each mail that it sends for a carrier or a marketplace: order mail too is one-click unsubscribable. */
const ofService = (service: string): string[] => [
  `List-Unsubscribe: <https://${service}/u/8a7b>, <mailto:u-8a7b@${service}>`,
  'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
  `Feedback-ID: 1.eu-west-1.8a7b:${service}`,
  'X-SG-EID: u001.8a7b',
  'X-CSA-Complaints: csa-complaints@eco.example',
];

const slot = (organizer: string, attendee: string): string =>
  lines(
    'BEGIN:VCALENDAR',
    'PRODID:-//Fast Parcels//Slots//EN',
    'VERSION:2.0',
    'METHOD:REQUEST',
    'BEGIN:VEVENT',
    'UID:slot-7-2026@fastparcels.example',
    'DTSTAMP:20260907T080000Z',
    'DTSTART:20260909T090000Z',
    'DTEND:20260909T110000Z',
    'SUMMARY:Delivery of your parcel',
    `ORGANIZER;CN=Fast Parcels:mailto:${organizer}`,
    `ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=Customer:ma`,
    ` ilto:${attendee}`,
    `DESCRIPTION:Our driver rings twice.\\nQuestions: ${organizer.slice(0, 12)}`,
    ` ${organizer.slice(12)}\\, at any time.`,
    'END:VEVENT',
    'END:VCALENDAR',
  );

/** What programs send about an order: carriers, marketplaces, and the services that they use for it. */
export const notices: OrderMail[] = [
  orderMail(
    {
      kind: 'a carrier’s notice by a mail service, signed by both',
      from: 'carrier',
      to: 'customer',
      shows: ['Your parcel TRK-1 arrives today', 'https://track.sendservice.example/c/8a7b'],
      services: ['sendservice.example'],
    },
    ({ address }) => ({
      subject: 'Your parcel arrives today',
      more: ofService('sendservice.example'),
      body: alternative(
        leaf(UTF8, lines('Your parcel TRK-1 arrives today.', `Questions? ${address}`), 'quoted-printable'),
        leaf(
          HTML,
          lines(
            '<!DOCTYPE html><html><head><style>@media only screen{.x{width:100%!important}}</style></head><body>',
            '<div style="display:none;max-height:0">Your parcel TRK-1 arrives today&zwnj;&nbsp;&zwnj;&nbsp;</div>',
            '<p>Your parcel TRK-1 arrives today. <a href="https://track.sendservice.example/c/8a7b">Follow it</a></p>',
            `<p>Questions? <a href="mailto:${address}">${address}</a></p>`,
            '<img src="https://track.sendservice.example/o/8a7b.gif" width="1" height="1"></body></html>',
          ),
          'quoted-printable',
        ),
      ),
    }),
  ),
  orderMail(
    { kind: 'a carrier’s own notice to the store', from: 'carrier', to: 'store', shows: ['was collected'] },
    ({ address }) => ({
      subject: 'Collected: TRK-1',
      more: ['Auto-Submitted: auto-generated', `Errors-To: ${address}`],
      body: leaf(UTF8, lines('Parcel TRK-1 was collected.', address)),
    }),
  ),
  orderMail(
    {
      kind: 'a delivery slot as an invitation',
      from: 'carrier',
      to: 'customer',
      shows: ['Delivery of your parcel', 'DTSTART:20260909T090000Z'],
    },
    ({ address }, to) => ({
      subject: 'Invitation: Delivery of your parcel',
      body: mixed(
        alternative(
          leaf(UTF8, lines('Delivery of your parcel, 9 September, 9 to 11.', address)),
          leaf(HTML, lines(`<b>Delivery of your parcel</b>, 9 September, 9 to 11. ${address}`)),
          leaf('text/calendar; charset=utf-8; method=REQUEST', slot(address, to)),
        ),
        attachment('application/ics', 'invite.ics', slot(address, to)),
      ),
    }),
  ),
  orderMail(
    { kind: 'a photo of where the parcel lies', from: 'carrier', to: 'customer', shows: ['At your door', 'proof.png'] },
    ({ address }) => ({
      subject: 'Delivered',
      more: ofService('sendservice.example'),
      body: mixed(
        leaf(HTML, lines(`<p>At your door.</p><footer>Fast Parcels, ${address}</footer>`)),
        attachment('image/png', 'proof.png', png),
      ),
    }),
  ),
  orderMail(
    {
      kind: 'a marketplace’s mail to the store, also for readers that take AMP',
      from: 'marketplace',
      to: 'store',
      shows: ['Order BZ-100200', 'amp4email'],
      services: ['bulkpost.example'],
    },
    ({ address }) => ({
      subject: 'Order BZ-100200: please ship',
      more: ofService('bulkpost.example'),
      body: alternative(
        leaf(UTF8, lines('Order BZ-100200: please ship by Friday.', address)),
        leaf(
          'text/x-amp-html; charset=utf-8',
          lines(
            '<!doctype html><html ⚡4email data-css-strict="amp4email">',
            `<body>Order BZ-100200 ${address}</body></html>`,
          ),
        ),
        leaf(
          HTML,
          lines(
            '<table><tr><td>Order BZ-100200</td></tr></table>',
            `<a href="mailto:${address}?subject=BZ-100200">${address}</a>`,
          ),
        ),
      ),
    }),
  ),
  orderMail(
    {
      kind: 'a marketplace’s question on behalf of a buyer',
      from: 'marketplace',
      to: 'store',
      shows: ['Is it dishwasher-proof?'],
    },
    ({ address }) => ({
      subject: 'A buyer asks',
      more: ['X-Auto-Response-Suppress: OOF', `X-Bazaar-Thread: 77`],
      body: leaf(
        HTML,
        lines('<blockquote>Is it dishwasher-proof?</blockquote>', `<p>Answer to ${address.replace('@', '&#64;')}</p>`),
      ),
    }),
  ),
  orderMail(
    { kind: 'a bank transfer’s reference', from: 'bank', to: 'store', shows: ['Transfer 4711 came in'] },
    ({ address }) => ({
      subject: 'Transfer 4711',
      more: ['Auto-Submitted: auto-generated (bank notice)'],
      body: leaf(
        'text/plain; charset=iso-8859-15',
        Buffer.from(lines('Transfer 4711 came in: 17,90 \xa4', address), 'latin1'),
      ),
    }),
  ),
];
