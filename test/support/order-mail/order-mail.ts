import { type Entity, encodedWords, lines, write } from './mime.js';

export interface Person {
  name: string;
  address: string;
}

/** Who may write about an order. The ERP signs in; everybody else's domain signs. */
export const people = {
  customer: { name: 'Ana Pérez', address: 'ana.perez@customer.example' },
  store: { name: 'The Shop', address: 'desk@shop.example' },
  carrier: { name: 'Fast Parcels', address: 'avisos@fastparcels.example' },
  marketplace: { name: 'Bazaar', address: 'orders@bazaar.example' },
  bank: { name: 'Example Pay', address: 'receipts@pay.example' },
  erp: { name: 'The Shop ERP', address: 'erp@shop.example' },
} as const satisfies Record<string, Person>;

export type Writer = keyof typeof people;
export type Reader = 'customer' | 'store';

/** One kind of legitimate mail about an order. */
export interface OrderMail {
  kind: string;
  from: Writer;
  to: Reader;
  /** What the reader must find in it, decoded: in a text, a file's content or its name. */
  shows: readonly string[];
  /** @param to the reader's alias */
  write(to: string): Buffer;
  /** Domains that sign besides the writer's own, outermost first; the first one's server is the envelope's sender. */
  services?: readonly string[];
  /** An answer that nobody wrote: relayed once, and not counted among what people write. */
  automatic?: true;
}

type Described = Pick<OrderMail, 'kind' | 'from' | 'to' | 'shows'> & Partial<Pick<OrderMail, 'services' | 'automatic'>>;

/** @param content the body and, at its beginning, header lines of its own; `Subject` where it names one */
export function orderMail(
  described: Described,
  content: (writer: Person, to: string) => { subject?: string; more?: readonly string[]; body: Entity },
): OrderMail {
  const writer = people[described.from];
  return {
    ...described,
    write(to) {
      const { subject, more = [], body } = content(writer, to);
      const [left, domain] = writer.address.split('@');
      const headers = [
        `From: ${name(writer.name)} <${writer.address}>`,
        `To: <${to}>`,
        ...(subject === undefined ? [] : [`Subject: ${/[^ -~]/.test(subject) ? encodedWords(subject) : subject}`]),
        `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
        `Message-ID: <${Date.now()}.${(written += 1)}.${left}@${domain}>`,
        'MIME-Version: 1.0',
        ...more,
      ];
      return Buffer.concat([Buffer.from(lines(...headers)), write(body)]);
    },
  };
}

let written = 0;

const name = (text: string): string => (/[^ -~]/.test(text) ? encodedWords(text) : `"${text}"`);

/** As most people end their mails: with how to reach them. */
export const signature = ({ name: own, address }: Person): string[] => ['', '-- ', own, `E-mail: ${address}`];
