import { Injectable } from '@nestjs/common';
import { KeylessRoutes } from '../auth/keyless-routes.js';

/** Where mail servers post messages; the signature is what the tracker asks of them. */
@Injectable()
export class SignedWebhook extends KeylessRoutes {
  has(method: string, path: string): boolean {
    return method === 'POST' && path === '/conversation-tracker/inbound/raw';
  }
}
