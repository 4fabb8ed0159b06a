/**
 * An at sign in every form that a text can carry, or what such a form begins with, by a character that stands first in all of
 * them, or before; all rare in an order but the first.
 */
const FORMS: Readonly<Record<string, readonly string[]>> = {
  '@': ['@'],
  '\\': [String.raw`\u`],
  '%': ['%40', '%25'],
  '&': ['&#', ';#', '&commat'],
  '\uff20': ['\uff20'],
  '\ufe6b': ['\ufe6b'],
};
const GROUPS = Object.entries(FORMS);

/** Goes through the places of a text at which an address may stand. */
export class AtSigns {
  private readonly forms: string[] = [];
  private readonly places: number[] = [];

  constructor(private readonly text: string) {
    for (const [character, forms] of GROUPS) {
      const first = text.indexOf(character);
      if (first === -1) continue;
      for (const form of forms) {
        const place = text.indexOf(form, first);
        if (place === -1) continue;
        this.forms.push(form);
        this.places.push(place);
      }
    }
  }

  /** The first place at or after `from`; -1 where there is none. */
  next(from: number): number {
    let first = -1;
    for (let i = 0; i < this.forms.length; i++) {
      if (this.places[i] === -1) continue;
      if (this.places[i] < from) this.places[i] = this.text.indexOf(this.forms[i], from);
      const place = this.places[i];
      if (place !== -1 && (first === -1 || place < first)) first = place;
    }
    return first;
  }
}
