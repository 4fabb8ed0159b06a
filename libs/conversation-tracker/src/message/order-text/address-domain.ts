import { isLetterOrDigit } from './address-characters.js';

/** The part of a last label that may be a top-level domain: digits, or another script without blanks, end it. */
const TOP_LABEL = /^(?:xn--[a-z0-9-]*[a-z0-9]|[a-z]{2,63}(?!\p{Script=Latin})|[\p{L}\p{M}]{2,63})/iu;
const COMMON_TOP_LABEL = /^[a-z]{2,63}$/i;
const ADDRESS_LITERAL = /\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9a-f:.]{2,45})\]/iy;
const VERSION = /^v?\d+\.\d+(?:[.-]|$)/;
/** `retina@2x.png`, `logo@1.5x.min.webp`: no top-level domain has the name of an image format. */
const IMAGE_DENSITY = /^\d+(?:\.\d+)?x\b.*\.(?:png|jpe?g|gif|webp|avif|svg|bmp|ico|tiff?|heic)$/i;
const FILE_EXTENSION = /\.(?:png|jpe?g|gif|webp|pdf|html?|json|txt|csv|xml|eml|vcf|zip)$/i;

/** Where the domain that begins at `from` may end, the widest reading first; the last is the one a mail server would take. */
export interface DomainEnds {
  /** Every reading under which a known address is looked for. */
  readings: readonly number[];
  /** The end where the domain is one that could receive mail; undefined for what only looks like an address. */
  deliverable: number | undefined;
  /** Whether it has no dot, so that only a broken address can end with it. */
  isOneLabel: boolean;
}

const NO_DOMAIN: DomainEnds = { readings: [], deliverable: undefined, isOneLabel: true };

export function domainEnds(text: string, from: number): DomainEnds {
  if (text.charAt(from) === '[') return literalEnd(text, from);
  const widest = widestEnd(text, from);
  if (widest === from) return NO_DOMAIN;
  const whole = text.slice(from, widest);
  const domain = deliverablePart(whole);
  if (domain === undefined) return { readings: [widest], deliverable: undefined, isOneLabel: !whole.includes('.') };
  const deliverable = from + domain.length;
  const readings = widest === deliverable ? [widest] : [widest, deliverable];
  const extension = FILE_EXTENSION.exec(domain);
  if (extension) readings.push(from + extension.index);
  const isFriend = VERSION.test(domain) || IMAGE_DENSITY.test(domain);
  return { readings, deliverable: isFriend ? undefined : deliverable, isOneLabel: false };
}

/** RFC 5321 §4.1.3. */
function literalEnd(text: string, from: number): DomainEnds {
  ADDRESS_LITERAL.lastIndex = from;
  if (!ADDRESS_LITERAL.test(text)) return NO_DOMAIN;
  const end = ADDRESS_LITERAL.lastIndex;
  return { readings: [end], deliverable: end, isOneLabel: false };
}

/** `from` itself where no domain begins there. */
export function widestEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && (isLetterOrDigit(text, end) || joins(text, end, from))) end++;
  while (end > from && !isLetterOrDigit(text, end - 1)) end--;
  return end;
}

function deliverablePart(domain: string): string | undefined {
  let rest = domain;
  for (let dot = rest.lastIndexOf('.'); dot > 0; dot = rest.lastIndexOf('.')) {
    const label = rest.slice(dot + 1);
    // Nearly every one, and a simple expression for it.
    if (rest === domain && COMMON_TOP_LABEL.test(label)) return domain;
    const top = TOP_LABEL.exec(label);
    if (top) return rest.slice(0, dot + 1 + top[0].length);
    rest = rest.slice(0, dot);
  }
  return undefined;
}

function joins(text: string, index: number, from: number): boolean {
  const character = text.charAt(index);
  return character === '.' ? index > from && isLetterOrDigit(text, index + 1) : character === '-' || character === '_';
}
