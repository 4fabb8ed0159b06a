import { Injectable } from '@nestjs/common';
import { KeylessRoutes } from '../auth/keyless-routes.js';

/** Styles and scripts of the tracker's pages, which tell nothing of anybody: the page that says to sign in needs them too. */
const ASSET = /^\/conversation-tracker\/admin\/(?:assets\/[\w.-]+|conversation-timeline\.js)$/;

@Injectable()
export class TrackerKeylessRoutes extends KeylessRoutes {
  has(method: string, path: string): boolean {
    // Where mail servers post messages; the signature is what the tracker asks of them.
    if (method === 'POST') return path === '/conversation-tracker/inbound/raw';
    return method === 'GET' && ASSET.test(path);
  }
}
