import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import { ConversationTrackerModule } from 'nestjs-conversation-tracker';
import { StartPage } from '../auth/sign-in.controller.js';
import { AuthModule } from '../auth/auth.module.js';
import { ClockModule } from '../clock/clock.module.js';
import { TimeMachine } from '../clock/time-machine.js';
import { KeylessRoutes } from '../auth/keyless-routes.js';
import { OmsConfig } from '../config/oms-config.js';
import { InboxModule } from '../inbox/inbox.module.js';
import { InboxService } from '../inbox/inbox.service.js';
import { MailEntrance } from '../inbox/mail-entrance.js';
import { LocalZone } from '../local-dns/local-zone.js';
import { OrderEvents, OrderPush } from '../orders/order-ports.js';
import { OrdersModule } from '../orders/orders.module.js';
import { OrderWindow } from '../playground/order-window.js';
import { storeById } from '../stores/stores.js';
import { AliasEntrance } from './alias-entrance.js';
import { ErpWebhook } from './erp-webhook.js';
import { inboundOptions } from './inbound-options.js';
import { maskRoute, storeIdOf } from './masked-routes.js';
import { OrderPage } from './order.page.js';
import { OmsAccessPolicy } from './oms-access-policy.js';
import { OmsMetrics } from './oms-metrics.js';
import { OmsMetricsModule } from './oms-metrics.module.js';
import { OmsOrderSource } from './oms-order-source.js';
import { OperationsController } from './operations.controller.js';
import { TrackerKeylessRoutes } from './tracker-keyless-routes.js';
import { TrackedOrderEvents } from './tracked-order-events.js';
import { loadTrackerKeys } from './tracker-keys.js';
import { TrackerWindow } from './tracker-window.js';

/** How this OMS embeds the conversation tracker. Nothing outside this folder knows of it. */
@Global()
@Module({
  controllers: [OperationsController, OrderPage],
  imports: [
    AuthModule,
    OrdersModule,
    OmsMetricsModule,
    ConversationTrackerModule.forRootAsync({
      imports: [OmsMetricsModule, ClockModule, OrdersModule, InboxModule],
      inject: [OmsConfig, InboxService, LocalZone, OmsMetrics, TimeMachine],
      useFactory: (
        config: OmsConfig,
        inbox: InboxService,
        zone: LocalZone,
        { registry }: OmsMetrics,
        clock: TimeMachine,
      ) => ({
        metrics: { registry },
        trackerDomain: config.trackerDomain,
        keys: loadTrackerKeys(config),
        mail: { url: inbox.smtpUrl },
        // Who has a mailbox here is in no other DNS. With a mail server of its own, the world's is asked.
        ...(config.inbound ? { inbound: inboundOptions(config.inbound, inbox.isOpen ? zone : undefined) } : {}),
        dataDirectory: join(config.dataDirectory, 'conversation-tracker'),
        storeDefaults: (storeId: string) => {
          const { name, email, timeZone, currencyCode } = storeById(storeId);
          return { senderName: name, senderAddress: email, timeZone, currency: currencyCode };
        },
        clock,
        storeIdOf,
        maskRoute,
      }),
      orderSource: OmsOrderSource,
      accessPolicy: OmsAccessPolicy,
      admin: { signInUrl: '/sign-in', signOutUrl: '/sign-out', frameAncestors: ['self'] },
    }),
  ],
  providers: [
    { provide: OrderEvents, useClass: TrackedOrderEvents },
    { provide: OrderPush, useClass: ErpWebhook },
    { provide: MailEntrance, useClass: AliasEntrance },
    { provide: OrderWindow, useClass: TrackerWindow },
    { provide: StartPage, useValue: { path: '/conversation-tracker/admin' } satisfies StartPage },
    { provide: KeylessRoutes, useClass: TrackerKeylessRoutes },
  ],
  exports: [OrderEvents, OrderPush, MailEntrance, OrderWindow, StartPage, KeylessRoutes],
})
export class TrackerModule {}
