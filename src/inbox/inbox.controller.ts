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
  UploadedFiles,
  UseGuards,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Public } from '../auth/auth.decorators.js';
import { Problem } from '../problem/problem.js';
import { attachmentsOf, type FormFile, TakesFiles } from './form-files.js';
import { InboxGuard } from './inbox.guard.js';
import { pagePolicy } from '../web/page.js';
import { type InboxMail, readAttachment } from './inbox-mail.js';
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
  @TakesFiles()
  @Header('Content-Security-Policy', pagePolicy)
  @Header('Cache-Control', 'no-store')
  write(
    @Body() letter: LetterDto,
    @UploadedFiles() files: FormFile[] | undefined,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<HandedIn | string | undefined> {
    const { from, to, spoof = false, ...content } = letter;
    const mailbox = (address: string) => ({ address, name: '' });
    return this.handIn(
      { from: mailbox(from), to: mailbox(to), thread: [], ...content, attachments: attachmentsOf(files) },
      spoof,
      {
        request,
        response,
        path: '/inbox',
        page: (attempt) => this.listPage(attempt),
      },
    );
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

  @Get('inbox/:id/attachments/:n')
  @Header('Content-Security-Policy', pagePolicy)
  @Header('X-Content-Type-Options', 'nosniff')
  @Header('Cache-Control', 'no-store')
  async getAttachment(@Param('id') id: string, @Param('n') n: string): Promise<StreamableFile> {
    const raw = this.inbox.findRaw(id);
    const content = raw && (await readAttachment(raw, Number(n)));
    if (!content) throw new NotFoundException();
    const { filename } = this.find(id).attachments[Number(n)];
    const name = encodeURIComponent(filename ?? 'unnamed').replace(
      /['()*]/g,
      (c) => `%${c.charCodeAt(0).toString(16)}`,
    );
    // Never opened here, whatever it says it is (RFC 6266, RFC 8187).
    const disposition = `attachment; filename*=UTF-8''${name}`;
    return new StreamableFile(content, { type: 'application/octet-stream', disposition });
  }

  @Post('inbox/:id/reply')
  @TakesFiles()
  @Header('Content-Security-Policy', pagePolicy)
  @Header('Cache-Control', 'no-store')
  answer(
    @Param('id') id: string,
    @Body() { spoof = false, ...words }: AnswerDto,
    @UploadedFiles() files: FormFile[] | undefined,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<HandedIn | string | undefined> {
    const mail = this.find(id);
    const letter = answerTo(mail, mail.envelope.to[0] ?? '', { ...words, attachments: attachmentsOf(files) });
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
    const byForm = Boolean(request.is(['application/x-www-form-urlencoded', 'multipart/form-data']));
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
