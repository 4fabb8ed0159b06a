import { Module } from '@nestjs/common';
import { AliasService } from '../alias/alias.service.js';
import { ConsumerRegistry } from '../events/consumer-registry.js';
import { ConsumptionQueue } from '../events/consumption-queue.js';
import { HostEventsConsumer } from '../events/host-events.consumer.js';
import { type Clock } from '../kernel/clock.js';
import { DeliveryQueue } from '../mailer/delivery/delivery-queue.js';
import { MailerModule } from '../mailer/mailer.module.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { InboundMail } from '../ports/inbound-mail.js';
import { CLOCK, TRACKER_OPTIONS, type TrackerOptions } from '../ports/tracker-options.js';
import { HealthController } from './health/health.controller.js';
import { QueueLag } from './health/queue-lag.js';
import { TrackerHealth } from './health/tracker-health.js';
import { loadMetrics } from './metrics/load-metrics.js';
import { TrackerMetrics } from './metrics/tracker-metrics.js';

/** Tells operators how the tracker is. */
@Module({
  imports: [MailerModule],
  controllers: [HealthController],
  providers: [
    TrackerHealth,
    {
      provide: QueueLag,
      useFactory: (database: TrackerDatabase, consumers: ConsumerRegistry, deliveries: DeliveryQueue, clock: Clock) =>
        new QueueLag(new ConsumptionQueue(database, consumers, clock), deliveries, clock),
      inject: [TrackerDatabase, ConsumerRegistry, DeliveryQueue, CLOCK],
    },
    {
      provide: TrackerMetrics,
      useFactory: (
        options: TrackerOptions,
        events: HostEventsConsumer,
        inbound: InboundMail,
        { cacheLookups }: AliasService,
        lag: QueueLag,
      ) => loadMetrics(options, events, { inbound, aliasCache: cacheLookups, lag }),
      inject: [TRACKER_OPTIONS, HostEventsConsumer, InboundMail, AliasService, QueueLag],
    },
  ],
  exports: [TrackerHealth],
})
export class OperationsModule {}
