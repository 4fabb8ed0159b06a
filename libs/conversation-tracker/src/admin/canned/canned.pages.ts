import { Get, Param, Post } from '@nestjs/common';
import { type FieldError, isTrackerError } from '../../kernel/errors.js';
import { CannedReplies } from '../../mailer/canned-replies/canned-replies.service.js';
import { type ReplyInput } from '../../mailer/canned-replies/reply-input.js';
import { replyVariables } from '../../mailer/canned-replies/reply-text.js';
import { Requires } from '../../ports/rest/requires.decorator.js';
import { AdminPages } from '../page/admin-pages.decorator.js';
import { type FormFields } from '../page/form-fields.js';
import { Page, SeeOther } from '../page/page.js';
import { Form, type PageVisit, type SentForm, Visit } from '../page/page-visit.js';

const PATH = '/settings/orders/replies';

type Draft = Partial<ReplyInput>;

/** Store settings › Orders › Canned replies: the texts that staff answer with again and again. */
@AdminPages(PATH)
export class CannedPages {
  constructor(private readonly replies: CannedReplies) {}

  @Get()
  @Requires('settings.read')
  async list(@Visit() visit: PageVisit): Promise<Page> {
    const title = visit.text('canned.title');
    const head = { title, section: 'settings' as const, crumbs: trail(visit) };
    const replies = await this.replies.list(visit.storeId);
    return new Page('canned/list', head, { title, replies, mayWrite: await visit.may('messages.write') });
  }

  @Get('new')
  @Requires('messages.write')
  blank(@Visit() visit: PageVisit): Page {
    return this.form(visit, undefined, { locale: visit.facts.format.locale });
  }

  @Post('new')
  @Requires('messages.write')
  add(@Visit() visit: PageVisit, @Form() { fields }: SentForm): Promise<Page | SeeOther> {
    const { storeId, actor } = visit.grant;
    return this.save(visit, undefined, fields, (draft) => this.replies.create(storeId, actor, draft));
  }

  @Get(':id')
  @Requires('messages.write')
  async edit(@Visit() visit: PageVisit, @Param('id') id: string): Promise<Page> {
    return this.form(visit, id, await this.replies.read(visit.storeId, id));
  }

  @Post(':id')
  @Requires('messages.write')
  change(@Visit() visit: PageVisit, @Param('id') id: string, @Form() { fields }: SentForm): Promise<Page | SeeOther> {
    const { storeId, actor } = visit.grant;
    return this.save(visit, id, fields, (draft) => this.replies.replace(storeId, id, actor, draft));
  }

  @Post(':id/delete')
  @Requires('messages.write')
  async delete(@Visit() visit: PageVisit, @Param('id') id: string): Promise<SeeOther> {
    await this.replies.delete(visit.storeId, id);
    return new SeeOther(PATH, 'canned.deleted');
  }

  private async save(
    visit: PageVisit,
    id: string | undefined,
    fields: FormFields,
    write: (draft: Draft) => Promise<unknown>,
  ): Promise<Page | SeeOther> {
    const draft = { locale: fields.text('locale'), title: fields.text('title'), text: fields.raw('text') };
    try {
      await write(draft);
    } catch (error) {
      if (!isTrackerError(error) || error.code !== 'invalid-input') throw error;
      return this.form(visit, id, draft, error.errors);
    }
    return new SeeOther(PATH, 'canned.saved');
  }

  private form(visit: PageVisit, id: string | undefined, draft: Draft, wrong?: readonly FieldError[]): Page {
    const title = visit.text(id === undefined ? 'canned.new' : 'canned.edit');
    const crumbs = [...trail(visit), { label: visit.text('canned.title'), path: PATH }];
    const errors = wrong && Object.fromEntries(wrong.map(({ field, message }) => [field, message]));
    const variables = replyVariables.map((name) => `{{${name}}}`).join(' ');
    return new Page(
      'canned/form',
      { title, section: 'settings', crumbs },
      { title, action: `${PATH}/${id ?? 'new'}`, deletable: id, draft, errors, variables },
      { status: wrong ? 422 : 200 },
    );
  }
}

const trail = (visit: PageVisit) => [
  { label: visit.text('layout.settings'), path: '/settings' },
  { label: visit.text('settings.orders'), path: '/settings/orders' },
];
