import type { Attributes, IOptions, Tag } from 'sanitize-html';
import { type HtmlJob, type SafeHtml } from './html-job.js';
import { safeStyles } from './safe-styles.js';

/** As sanitize-html exports it. */
export type SanitizeHtml = (html: string, options: IOptions) => string;

/** Mails nest tables for their layout, some thirty deep; each quoted answer adds a level. What lies deeper is shown without its tags. */
const DEEPEST = 200;

const TAGS =
  'a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em ' +
  'figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q rp rt ruby s samp ' +
  'section small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr';

/** Whose content is no text for people. */
const NOT_TEXT =
  'script style title template textarea option select noscript noembed noframes iframe object applet xmp plaintext svg math';

const LAYOUT = ['align', 'bgcolor', 'border', 'cellpadding', 'cellspacing', 'dir', 'height', 'lang', 'style', 'title'];

/** No blank and no control character: what a browser would skip before it reads the scheme. */
const LINK = /^(?:https?:\/\/|mailto:|tel:)[^\s\p{Cc}\p{Cf}]+$/iu;
const REMOTE_IMAGE = /^https?:\/\/[^\s\p{Cc}\p{Cf}]+$/iu;
const CID = /^cid:/i;

/** A browser reads an address without the blanks around it and the line ends within it (URL Standard §4.4). */
function asBrowsersRead(address: string | undefined): string {
  return (address ?? '').replace(/[\t\r\n]/g, '').trim();
}

/**
 * HTML that is safe to show (MAIL-RULES R43): no script, handler, form, frame, style sheet or anything else that is fetched.
 * Links open in a window of their own and say nothing of where they were. A picture that lies elsewhere has its address in
 * `data-remote-src`, unless it may be shown; one that nobody can find has none.
 */
export function sanitise(job: HtmlJob, sanitizeHtml: SanitizeHtml): SafeHtml {
  let remoteImages = 0;
  const image = (_: string, { src, ...attributes }: Attributes): Tag => {
    const address = asBrowsersRead(src);
    const kept = only(attributes, ['alt', 'width', ...LAYOUT]);
    if (REMOTE_IMAGE.test(address)) {
      remoteImages++;
      kept[job.remoteImages === 'shown' ? 'src' : 'data-remote-src'] = address;
    }
    const inline = CID.test(address) ? job.inlineImages.get(contentIdOf(address)) : undefined;
    if (inline !== undefined) kept.src = inline;
    return { tagName: 'img', attribs: kept };
  };
  const html = sanitizeHtml(job.html, {
    allowedTags: TAGS.split(' '),
    nonTextTags: NOT_TEXT.split(' '),
    nestingLimit: DEEPEST,
    allowedAttributes: {
      '*': LAYOUT,
      a: ['href', 'target', 'rel'],
      img: ['alt', 'data-remote-src', 'src', 'width'],
      col: ['span', 'width'],
      colgroup: ['span', 'width'],
      font: ['color', 'face', 'size'],
      hr: ['size', 'width'],
      li: ['value'],
      ol: ['start', 'type'],
      table: ['summary', 'width'],
      td: ['colspan', 'rowspan', 'valign', 'width'],
      th: ['colspan', 'rowspan', 'scope', 'valign', 'width'],
      tr: ['valign'],
    },
    allowedStyles: { '*': safeStyles },
    // Told apart above, once an address is read as browsers read it; those of the pictures within a message are the host's.
    allowedSchemesAppliedToAttributes: [],
    transformTags: { a: link, img: image },
  });
  return { html, remoteImages };
}

function link(_: string, { href, ...attributes }: Attributes): Tag {
  const address = asBrowsersRead(href);
  const kept = only(attributes, LAYOUT);
  if (!LINK.test(address)) return { tagName: 'a', attribs: kept };
  return {
    tagName: 'a',
    attribs: { ...kept, href: address, target: '_blank', rel: 'noopener noreferrer nofollow' },
  };
}

function only(attributes: Attributes, names: readonly string[]): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => names.includes(name)));
}

/** RFC 2392 §2: a `cid:` address is a percent-encoded content id. */
function contentIdOf(address: string): string {
  const encoded = address.slice('cid:'.length);
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
