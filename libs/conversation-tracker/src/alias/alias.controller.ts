import { Header, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { type AccessGrant } from '../ports/access-policy.js';
import { Grant, Requires } from '../ports/rest/requires.decorator.js';
import { TrackerController } from '../ports/rest/tracker-controller.decorator.js';
import { AliasControl } from './alias-control.js';
import { aliasNotFound } from './alias-not-found.js';
import { type AliasView, aliasView } from './alias-view.js';

const aliasId = /^[0-9a-f]{32}$/;

@TrackerController('aliases/:id')
export class AliasController {
  constructor(private readonly control: AliasControl) {}

  /** Answers the alias as it stands then. One that has ended already stays as it is, so asking twice does no harm. */
  @Post('revoke')
  @Requires('aliases.write')
  @HttpCode(HttpStatus.OK)
  @Header('Cache-Control', 'no-store')
  async revoke(@Grant() { storeId, actor }: Required<AccessGrant>, @Param('id') id: string): Promise<AliasView> {
    return aliasView(await this.control.revoke(storeId, requireId(id), actor));
  }

  /** Answers the new alias. */
  @Post('renew')
  @Requires('aliases.write')
  @Header('Cache-Control', 'no-store')
  async renew(@Grant() { storeId, actor }: Required<AccessGrant>, @Param('id') id: string): Promise<AliasView> {
    return aliasView(await this.control.renew(storeId, requireId(id), actor));
  }
}

/** What is no id is nobody's, without asking a database that may refuse the text. */
function requireId(id: string): string {
  if (!aliasId.test(id)) throw aliasNotFound();
  return id;
}
