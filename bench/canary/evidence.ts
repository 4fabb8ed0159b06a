import { simpleParser } from 'mailparser';
import { formsIn } from '../at-rest/find-canary.js';
import { canaryOf, places } from './canaries.js';

/** Where something came out of the installation. */
export type Source = 'log' | 'response' | 'event' | 'push' | 'mail' | 'SMTP reply' | 'table' | 'span';

export interface Hit {
  source: Source;
  /** Which of them, such as the route; never what it said. */
  what: string;
  place: string;
  forms: string[];
}

interface Piece {
  source: Source;
  what: string;
  text: string;
}

/** Everything that came out, and what of it shows a canary. */
export class Evidence {
  private readonly pieces: Piece[] = [];

  add(source: Source, what: string, text: string): void {
    this.pieces.push({ source, what, text });
  }

  /** Also as a mail program shows it. */
  async addMail(what: string, raw: string): Promise<void> {
    this.add('mail', what, raw);
    const parsed = await simpleParser(Buffer.from(raw, 'latin1'), { skipTextToHtml: true });
    const { text = '', html, headerLines, attachments } = parsed;
    const files = attachments.map(({ filename, content }) => `${filename ?? ''} ${content.toString('latin1')}`);
    const lines = headerLines.map(({ line }) => line);
    this.add('mail', `${what}, decoded`, [...lines, text, html || '', ...files].join('\n'));
  }

  count(source: Source): number {
    return this.pieces.filter((piece) => piece.source === source).length;
  }

  hits(): Hit[] {
    return this.pieces.flatMap(({ source, what, text }) => {
      const readings = [...new Set([text, ...decoded(text)])].map((reading) => Buffer.from(reading));
      return places.flatMap((place) => {
        const forms = [...new Set(readings.flatMap((bytes) => formsIn(bytes, canaryOf(place))))];
        return forms.length > 0 ? [{ source, what, place, forms }] : [];
      });
    });
  }

  /** Whether the search sees a canary in such a text: else its 0 would mean nothing. */
  static sees(text: string): boolean {
    return [text, ...decoded(text)].some((one) => formsIn(Buffer.from(one), canaryOf('control')).length > 0);
  }
}

/** What a text says once it is decoded in each way that a program may. */
function decoded(text: string): string[] {
  const quotedPrintable = text
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const percent = text.replaceAll(/%(?:25)*([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const entities = text
    .replaceAll(/&(?:amp;)*#(?:x([0-9A-Fa-f]{1,6})|(\d{1,7}));?/g, (_, hex?: string, decimal?: string) =>
      String.fromCodePoint(Math.min(0x10_ff_ff, hex ? Number.parseInt(hex, 16) : Number(decimal))),
    )
    .replaceAll(/&commat;/g, '@');
  const json = text.replaceAll(/\\u([0-9A-Fa-f]{4})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const base64 = [...text.replaceAll(/\r?\n[ \t]*/g, '').matchAll(/[A-Za-z0-9+/_-]{16,}/g)].map(([run]) =>
    Buffer.from(run, 'base64').toString('latin1'),
  );
  return [quotedPrintable, percent, entities, json, base64.join('\n')];
}
