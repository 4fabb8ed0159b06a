import {
  Body,
  Controller,
  Get,
  Header,
  HttpStatus,
  NotFoundException,
  Param,
  Post,
  Query,
  Req,
  Res,
  StreamableFile,
  UseGuards,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Public } from '../auth/auth.decorators.js';
import { Problem } from '../problem/problem.js';
import { InboxGuard } from './inbox.guard.js';
import type { InboxMail } from './inbox-mail.js';
import { pagePolicy } from '../web/page.js';
import { InboxService } from './inbox.service.js';
import { answerTo, type Letter } from './letter.js';
import { AnswerDto, LetterDto } from './letter.dto.js';
import type { Attempt } from './letter-forms.js';
import { listPage } from './list-page.js';
import { mailPage } from './mail-page.js';
import { type HandedIn, MailWriter } from './mail-writer.js';

/** Pages for people, who send forms, and JSON for scripts. */
@ApiExcludeController()
@Controller()
@Public()
@UseGuards(InboxGuard)
export class InboxController {
  constructor(
    private readonly inbox: InboxService,
    private readonly writer: MailWriter,
  ) {}

  @Get('inbox')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', pagePolicy)
  @Header('Cache-Control', 'no-store')
  list(@Query('sent') sent?: string): string {
    return this.listPage(attemptOf(sent));
  }

  @Get('inbox.json')
  @Header('Cache-Control', 'no-store')
  listJson(): { mails: readonly InboxMail[] } {
    return { mails: this.inbox.list() };
  }

  @Post('inbox')
  @Header('Content-Security-Policy', pagePolicy)
  @Header('Cache-Control', 'no-store')
  write(
    @Body() letter: LetterDto,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<HandedIn | string | undefined> {
    const { from, to, spoof = false, ...content } = letter;
    const mailbox = (address: string) => ({ address, name: '' });
    return this.handIn({ from: mailbox(from), to: mailbox(to), thread: [], ...content }, spoof, {
      request,
      response,
      path: '/inbox',
      page: (attempt) => this.listPage(attempt),
    });
  }

  @Get('inbox/:id')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', pagePolicy)
  @Header('Cache-Control', 'no-store')
  get(@Param('id') id: string, @Query('sent') sent?: string): string {
    return this.mailPage(this.find(id), attemptOf(sent));
  }

  @Get('inbox/:id/raw')
  @Header('Content-Security-Policy', pagePolicy)
  // Else a browser may take a mail that begins with markup for a page.
  @Header('X-Content-Type-Options', 'nosniff')
  @Header('Cache-Control', 'no-store')
  getRaw(@Param('id') id: string): StreamableFile {
    const raw = this.inbox.findRaw(id);
    if (!raw) throw new NotFoundException();
    return new StreamableFile(raw, { type: 'text/plain; charset=utf-8', disposition: 'inline' });
  }

  @Post('inbox/:id/reply')
  @Header('Content-Security-Policy', pagePolicy)
  @Header('Cache-Control', 'no-store')
  answer(
    @Param('id') id: string,
    @Body() { spoof = false, ...words }: AnswerDto,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<HandedIn | string | undefined> {
    const mail = this.find(id);
    const letter = answerTo(mail, mail.envelope.to[0] ?? '', words);
    if (!letter) throw new Problem(422, 'nobody-to-answer', 'The mail names nobody to answer');
    return this.handIn(letter, spoof, {
      request,
      response,
      path: `/inbox/${id}`,
      page: (attempt) => this.mailPage(mail, attempt),
    });
  }

  /** Answers a script with what the server said, and a person with a page. */
  private async handIn(letter: Letter, spoof: boolean, { request, response, path, page }: Visit) {
    const byForm = Boolean(request.is('application/x-www-form-urlencoded'));
    try {
      const handedIn = await this.writer.handIn(letter, spoof);
      response.status(HttpStatus.ACCEPTED);
      if (!byForm) return handedIn;
      // So that loading the page again sends nothing again.
      response.redirect(HttpStatus.SEE_OTHER, `${path}?sent=1`);
      return undefined;
    } catch (error) {
      if (!byForm || !(error instanceof Problem)) throw error;
      response.status(error.status).type('html');
      const { answer } = error.members;
      const words = request.body as Record<string, string | undefined>;
      return page({ sent: false, answer: typeof answer === 'string' ? answer : error.title, words });
    }
  }

  private find(id: string): InboxMail {
    const mail = this.inbox.find(id);
    if (!mail) throw new NotFoundException();
    return mail;
  }

  private listPage(attempt?: Attempt): string {
    return listPage(this.inbox.list(), this.writer.canWrite, attempt);
  }

  private mailPage(mail: InboxMail, attempt?: Attempt): string {
    return mailPage(mail, this.writer.canWrite, attempt);
  }
}

interface Visit {
  request: Request;
  response: Response;
  path: string;
  page: (attempt: Attempt) => string;
}

const attemptOf = (sent: string | undefined): Attempt | undefined => (sent === undefined ? undefined : { sent: true });
