const MOST_DECODINGS = 5;
/** A domain, or an address literal, after an at sign that has something before it. */
const ADDRESS_LIKE =
  /(?:[^\s"`<>()[\]{},;:/\\|@]|"[^"\s][^"]{0,63}")@((?:[\p{L}\p{N}_]+(?:-+[\p{L}\p{N}_]+)*\.)+(?!-)[\p{L}\p{N}-]*\p{L}|\[[\da-f.:]+\])/giu;
const OTHER_SCRIPT = /\.?[^\p{Script=Latin}\d._-].*$/u;
/** No top-level domain has a hyphen in it, unless it begins with `xn--`. */
const AFTER_HYPHEN = /(?<=\.[a-z]{2,})-[^.]*$/i;
const FILE_EXTENSION = /\.(?:png|jpe?g|gif|webp|pdf|html?|json|txt|csv|xml|eml|vcf|zip)$/i;
const IMAGE_DENSITY = /^\d+(?:\.\d+)?x\..*(?:png|jpe?g|gif|webp|avif|svg|bmp|ico|tiff?|heic)$/i;
const VERSION = /^v?\d+\.\d+/;
/** Without one of these no decoding shows an at sign; what is not ASCII may be one, or a sign of an encoding, in disguise. */
const MAY_SHOW_ONE = /[@%&\\\u0080-\uffff]/;
const NAMED: Readonly<Record<string, string>> = { amp: '&', commat: '@', period: '.', lt: '<', gt: '>', quot: '"' };

/**
 * How many addresses a text still shows that are not ours, in whichever of its decodings shows most. Plain on purpose, and
 * on purpose it shares nothing with the masker: it is there to catch what the masker's finer reading misses.
 */
export function addressLikeCount(text: string, trackerDomains: readonly string[]): number {
  return Math.max(...decodings(text).map((shown) => domainsIn(shown).filter((d) => !isOwn(d, trackerDomains)).length));
}

/** How many of our own addresses a text shows. */
export function ownAddressCount(text: string, trackerDomains: readonly string[]): number {
  return Math.max(...decodings(text).map((shown) => domainsIn(shown).filter((d) => isOwn(d, trackerDomains)).length));
}

function domainsIn(text: string): string[] {
  const domains = [...text.matchAll(ADDRESS_LIKE)].map(([, domain]) => domain);
  return domains.filter((domain) => !IMAGE_DENSITY.test(domain) && !VERSION.test(domain));
}

/** What follows the domain in some texts is theirs: a file extension, a hyphen, a word of another script. */
function isOwn(domain: string, trackerDomains: readonly string[]): boolean {
  const shown = domain.replace(OTHER_SCRIPT, '').replace(AFTER_HYPHEN, '').replace(FILE_EXTENSION, '').toLowerCase();
  return trackerDomains.some((tracker) => shown === tracker || shown.endsWith(`.${tracker}`));
}

/** The text, and what is left of it each time that one more layer of encoding is taken off. */
function decodings(text: string): string[] {
  if (!MAY_SHOW_ONE.test(text)) return [text];
  const shown = [text];
  for (
    let next = decodedOnce(text);
    next !== shown.at(-1) && shown.length <= MOST_DECODINGS;
    next = decodedOnce(next)
  ) {
    shown.push(next);
  }
  return shown;
}

function decodedOnce(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replaceAll(/\\+u([\da-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll(/\\+[bfnrt"]/g, ' ')
    .replaceAll(/%([2-7][\da-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll(/&#(\d{1,6});?/g, (_, code: string) => codePoint(Number(code)))
    .replaceAll(/&#x([\da-f]{1,6});?/gi, (_, hex: string) => codePoint(Number.parseInt(hex, 16)))
    .replaceAll(/&(amp|commat|period|lt|gt|quot);?/g, (_, name: string) => NAMED[name]);
}

function codePoint(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}
