import { type DynamicModule, Module } from '@nestjs/common';
import { MailerModule } from '../mailer/mailer.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { TimelineModule } from '../timeline/timeline.module.js';
import { ADMIN_OPTIONS, type AdminOptions, checkAdminOptions } from './admin-options.js';
import { CannedPages } from './canned/canned.pages.js';
import { HeldPages } from './held/held.pages.js';
import { FramedMail } from './messages/framed-mail.js';
import { MessagePages } from './messages/message.pages.js';
import { FramedOrderPages } from './orders/framed-order.pages.js';
import { OrderFactsReader } from './orders/order-facts.js';
import { OrdersPages } from './orders/orders.pages.js';
import { RevealPages } from './orders/reveal.pages.js';
import { WritePages } from './orders/write.pages.js';
import { AssetController } from './page/asset.controller.js';
import { FormToken } from './page/form-token.js';
import { NoPage } from './page/no.page.js';
import { PageAnswer } from './page/page-answer.js';
import { PageRenderer } from './page/page-renderer.js';
import { VisitMaker } from './page/visit-maker.js';
import { SearchPages } from './search.pages.js';
import { SettingsPages } from './settings/settings.pages.js';
import { SetupPages } from './setup.pages.js';
import { StartPages } from './start.pages.js';
import { TemplatePages } from './templates/template.pages.js';

/** The pages for the people of a store. Loaded only where a host asks for them. */
@Module({
  imports: [SettingsModule, TimelineModule, MailerModule],
  controllers: [
    AssetController,
    StartPages,
    OrdersPages,
    FramedOrderPages,
    WritePages,
    RevealPages,
    MessagePages,
    HeldPages,
    SettingsPages,
    CannedPages,
    SearchPages,
    SetupPages,
    TemplatePages,
    NoPage,
  ],
  providers: [FramedMail, FormToken, OrderFactsReader, VisitMaker, PageRenderer, PageAnswer],
})
export class AdminModule {
  static register(options: AdminOptions): DynamicModule {
    return { module: AdminModule, providers: [{ provide: ADMIN_OPTIONS, useValue: checkAdminOptions(options) }] };
  }
}
