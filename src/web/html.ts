/** HTML that is safe to send: made by `html` alone. */
export class Html {
  constructor(readonly source: string) {}
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? '');

/** Escapes every value put in, for texts and quoted attributes alike, save what `html` itself made. */
export function html(parts: TemplateStringsArray, ...values: (string | Html | Html[])[]): Html {
  const filled = values.map((value) => {
    if (typeof value === 'string') return escape(value);
    return [value]
      .flat()
      .map((piece) => piece.source)
      .join('');
  });
  return new Html(String.raw({ raw: parts }, ...filled));
}
