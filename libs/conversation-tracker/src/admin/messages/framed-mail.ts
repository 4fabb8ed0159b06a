import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { Injectable } from '@nestjs/common';
import { type HtmlJob } from '../../timeline/html/html-job.js';
import { AttachmentStore } from '../../timeline/attachments/attachment-store.js';
import { TimelineService } from '../../timeline/timeline.service.js';

/** Octets of pictures within a mail that its page carries: more than a newsletter has, and what a phone still loads. */
const MAX_PICTURES = 8 * 1024 * 1024;
/** SVG is a document, which may hold more than a picture. */
const PICTURE = /^image\/(?:png|jpe?g|gif|webp|avif|bmp)$/;

/**
 * A mail's HTML (safe already, R43) as a document of its own for a sandboxed frame: it has no origin, so it runs nothing,
 * fetches nothing of ours, and its pictures come within it.
 */
@Injectable()
export class FramedMail {
  constructor(
    private readonly timeline: TimelineService,
    private readonly attachments: AttachmentStore,
  ) {}

  /** @throws TrackerError `message-not-found`. */
  async of(
    storeId: string,
    id: string,
    remoteImages: HtmlJob['remoteImages'],
  ): Promise<{ policy: string; html: string }> {
    // Nobody who writes a mail knows it, so no address in it can be one of these.
    const place = `picture-${randomBytes(12).toString('hex')}`;
    const { html = '', attachments } = await this.timeline.message(storeId, id, { remoteImages, attachmentsAt: place });
    const pictures = attachments.filter(({ path, type }) => PICTURE.test(type) && html.includes(`"${place}/${path}"`));
    let filled = html;
    let left = MAX_PICTURES;
    for (const { path, type, size } of pictures) {
      if ((left -= size) < 0) break;
      const found = await this.attachments.read({ storeId, id }, path);
      if (!found) continue;
      const data = `data:${type};base64,${(await buffer(found.bytes)).toString('base64')}`;
      filled = filled.replaceAll(`"${place}/${path}"`, () => `"${data}"`);
    }
    return { policy: policyFor(remoteImages), html: documentOf(filled) };
  }
}

function policyFor(remoteImages: HtmlJob['remoteImages']): string {
  return [
    "default-src 'none'",
    `img-src data:${remoteImages === 'shown' ? ' https: http:' : ''}`,
    // The style attributes that the sanitiser left: a mail has no other.
    "style-src-attr 'unsafe-inline'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
    'sandbox allow-popups allow-popups-to-escape-sandbox',
  ].join('; ');
}

/** Mails are written for white paper. */
const documentOf = (body: string): string =>
  `<!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="light"><meta name="viewport" content="width=device-width"><title>.</title></head><body style="font-family:sans-serif">${body}</body></html>\n`;
