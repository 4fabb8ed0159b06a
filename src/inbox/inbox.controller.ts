import { Controller, Get, Header, NotFoundException, Param, StreamableFile, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../auth/auth.decorators.js';
import { InboxGuard } from './inbox.guard.js';
import type { InboxMail } from './inbox-mail.js';
import { inboxPolicy, listPage, mailPage } from './inbox.pages.js';
import { InboxService } from './inbox.service.js';

@ApiExcludeController()
@Controller()
@Public()
@UseGuards(InboxGuard)
export class InboxController {
  constructor(private readonly inbox: InboxService) {}

  @Get('inbox')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', inboxPolicy)
  @Header('Cache-Control', 'no-store')
  list(): string {
    return listPage(this.inbox.list());
  }

  @Get('inbox.json')
  @Header('Cache-Control', 'no-store')
  listJson(): { mails: readonly InboxMail[] } {
    return { mails: this.inbox.list() };
  }

  @Get('inbox/:id')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', inboxPolicy)
  @Header('Cache-Control', 'no-store')
  get(@Param('id') id: string): string {
    const mail = this.inbox.find(id);
    if (!mail) throw new NotFoundException();
    return mailPage(mail);
  }

  @Get('inbox/:id/raw')
  @Header('Content-Security-Policy', inboxPolicy)
  // Else a browser may take a mail that begins with markup for a page.
  @Header('X-Content-Type-Options', 'nosniff')
  @Header('Cache-Control', 'no-store')
  getRaw(@Param('id') id: string): StreamableFile {
    const raw = this.inbox.findRaw(id);
    if (!raw) throw new NotFoundException();
    return new StreamableFile(raw, { type: 'text/plain; charset=utf-8', disposition: 'inline' });
  }
}
