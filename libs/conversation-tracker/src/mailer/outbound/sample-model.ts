import { type OrderStep } from '../../ports/order-events.js';
import { type StatusMailModel } from './mail-model.js';
import { mailSampleTexts } from './mail-templates.generated.js';
import { defaultLanguage, languagesFor } from './text-language.js';

/** The words of a made-up order, in one language. */
interface SampleTexts {
  /** Names of the two items. */
  readonly items: readonly string[];
  /** Name of a total of the host's own kind. */
  readonly extra: string;
  readonly reason: { readonly [step in OrderStep]?: string };
  readonly note: { readonly [step in OrderStep]?: string };
}

const sampleTexts: Readonly<Record<string, SampleTexts>> = mailSampleTexts;

/** A mail in which everything is known: what templates are checked against. */
export const sampleMailModel: StatusMailModel = {
  step: 'shipped',
  store: { name: 'Example Store', timeZone: 'UTC' },
  customer: { firstName: 'Maria' },
  order: { id: '1024-01', placedAt: Date.UTC(2026, 2, 2, 14, 30) },
  currency: 'EUR',
  items: [
    { name: 'Oak chair', quantity: 2, price: 8900, amount: 17_800 },
    { name: 'Wool blanket, grey', quantity: 1, price: 5950, amount: 5950 },
  ],
  itemCount: 3,
  totals: {
    items: 23_750,
    discounts: -1000,
    shipping: 690,
    tax: 1900,
    changes: -300,
    other: [{ name: 'Gift wrap', value: 250 }],
  },
  total: 25_290,
  shippingAddress: { pickup: false, lines: ['Maria Lind', 'Harbour Street, 12', 'Rotterdam 3011'] },
  package: {
    courier: 'Parcel Line',
    trackingNumber: 'PL-48960684',
    trackingUrl: 'https://track.example.com/PL-48960684',
    invoiceNumber: '24382',
    invoiceUrl: 'https://store.example.com/invoices/24382.pdf',
    items: [{ name: 'Oak chair', quantity: 2 }],
    itemCount: 2,
    deliveredAt: Date.UTC(2026, 2, 6, 10, 15),
  },
  reason: 'An item is out of stock',
  note: 'Left the sorting center',
  refundAmount: 25_290,
  estimatedDelivery: Date.UTC(2026, 2, 6, 12),
  deliveredAt: Date.UTC(2026, 2, 6, 10, 15),
};

/** A mail of which nothing is known but its step. */
export const bareMailModel: StatusMailModel = {
  step: 'shipped',
  store: { name: '', timeZone: 'UTC' },
  customer: { firstName: '' },
  order: { id: '', placedAt: null },
  currency: 'XXX',
  items: [],
  itemCount: 0,
  totals: { items: null, discounts: null, shipping: null, tax: null, changes: null, other: [] },
  total: null,
  shippingAddress: null,
  package: null,
  reason: '',
  note: '',
  refundAmount: null,
  estimatedDelivery: null,
  deliveredAt: null,
};

/** What a preview shows: a made-up order at a step, in the language of the mail or the nearest one that has words for it. */
export function sampleMail(step: OrderStep, locale: string): StatusMailModel {
  const language = languagesFor(locale).find((tag) => Object.hasOwn(sampleTexts, tag)) ?? defaultLanguage;
  const texts = sampleTexts[language];
  const [chair] = sampleMailModel.items;
  return {
    ...sampleMailModel,
    step,
    items: sampleMailModel.items.map((item, index) => ({ ...item, name: texts.items[index] })),
    totals: { ...sampleMailModel.totals, other: [{ name: texts.extra, value: 250 }] },
    package: { ...sampleMailModel.package!, items: [{ name: texts.items[0], quantity: chair.quantity }] },
    reason: texts.reason[step] ?? '',
    note: texts.note[step] ?? '',
  };
}
