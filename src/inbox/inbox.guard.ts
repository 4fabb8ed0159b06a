import { type CanActivate, type ExecutionContext, Injectable, NotFoundException } from '@nestjs/common';
import type { Request } from 'express';
import { Problem } from '../problem/problem.js';
import { isFromForeignPage } from '../web/foreign-page.js';
import { InboxService } from './inbox.service.js';

/** The inbox shows mails without a key, so it is there for the machine it runs on and nobody else. */
@Injectable()
export class InboxGuard implements CanActivate {
  constructor(private readonly inbox: InboxService) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    if (!this.inbox.isOpen || !isLocal(request)) throw new NotFoundException();
    if (request.method !== 'GET' && isFromForeignPage(request)) {
      throw new Problem(403, 'foreign-page', 'Only the inbox itself and scripts may write mails');
    }
    return true;
  }
}

function isLocal(request: Request): boolean {
  const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const loopback = peer === '::1' || peer.startsWith('127.');
  // A proxy's connection comes from this machine while the reader sits elsewhere.
  const proxied = request.get('x-forwarded-for') !== undefined || request.get('forwarded') !== undefined;
  // A foreign page whose host name resolves to loopback (DNS rebinding) still sends its own name.
  const named = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(request.get('host') ?? '');
  return loopback && !proxied && named;
}
