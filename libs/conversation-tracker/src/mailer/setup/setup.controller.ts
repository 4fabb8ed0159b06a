import { Get, Header, HttpCode, HttpStatus, Post } from '@nestjs/common';
import { type AccessGrant } from '../../ports/access-policy.js';
import { Grant, Requires } from '../../ports/rest/requires.decorator.js';
import { TrackerController } from '../../ports/rest/tracker-controller.decorator.js';
import { Setup, type SetupView, type SmtpTestResult } from './setup.service.js';

@TrackerController('setup')
export class SetupController {
  constructor(private readonly setup: Setup) {}

  @Get()
  @Requires('settings.read')
  @Header('Cache-Control', 'no-store')
  view(@Grant() { storeId }: Required<AccessGrant>): Promise<SetupView> {
    return this.setup.view(storeId);
  }

  @Post('smtp-test')
  @Requires('settings.write')
  @HttpCode(HttpStatus.OK)
  testSmtp(): Promise<SmtpTestResult> {
    return this.setup.testSmtp();
  }
}
