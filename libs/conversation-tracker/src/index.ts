export { ConversationTrackerModule } from './conversation-tracker.module.js';
export {
  type ConversationTrackerExtras,
  type ConversationTrackerOptions,
  type PortProvider,
} from './conversation-tracker.options.js';
export { ConversationTracker } from './conversation-tracker.service.js';
export { type Clock, systemClock } from './kernel/clock.js';
export { hashPassword, type IntegrationAccount } from './mailer/inbound/smtp/integration-accounts.js';
export { isTrackerError, TrackerError, type FieldError, type Problem, type TrackerErrorCode } from './kernel/errors.js';
export { type OfOrder, OrderConversation } from './order-conversation.js';
export { MaskOrders } from './order-masking/mask-orders.decorator.js';
export { type MaskOptions, OrderMaskingService } from './order-masking/order-masking.service.js';
export { type MaskingReport } from './order-masking/report/masking-reporter.js';
export { type RestoreAddressesOptions } from './order-masking/restore/address-restorer.js';
export { RestoreAddressesPipe } from './order-masking/restore/restore-addresses.pipe.js';
export { type KeyOptions, type KeySetOptions } from './persistence/key-ring.js';
export { type AccessGrant, type AccessPolicy, type TrackerAction } from './ports/access-policy.js';
export { type AttachmentScanner, type ScanResult } from './ports/attachment-scanner.js';
export { type TrackerEvent, type TrackerEventMap, type TrackerEventType } from './ports/event-map.js';
export { type DnsResolver } from './ports/dns-resolver.js';
export { InboundMail } from './ports/inbound-mail.js';
export { type HealthReport, type HealthStatus, TrackerHealth } from './operations/health/tracker-health.js';
export { MailTransportError, type MailTransport, type OutgoingMail } from './ports/mail-transport.js';
export { isOrderStep, type OrderEvent, type OrderStep, orderSteps } from './ports/order-events.js';
export { type OrderRef, type OrderSource } from './ports/order-source.js';
export { type Audience } from './ports/tracker-options.js';
export { type Keeping, type Retention } from './settings/retention-setting.js';
export { type SettingsInput } from './settings/settings-input.js';
export { type AliasLifetime, type MaskType, type StoreSettingsValues } from './settings/store-settings-values.js';
export { type AliasView } from './alias/alias-view.js';
export { type PartyView } from './timeline/alias-display.js';
export { type MessageView, type RecipientView } from './timeline/message-view.js';
export { type PageQuery, type TimelineQuery } from './timeline/timeline-query.js';
export { type TimelineEntryView } from './timeline/timeline-view.js';
export { type TimelinePage } from './timeline/timeline.service.js';
export { conversationTrackerEntities, conversationTrackerMigrations } from './schema.js';
export { type OpenApiDocument } from './testing/app-routes.js';
export { type AddressWalk, expectNoRealAddress, type NoRealAddressOptions } from './testing/expect-no-real-address.js';
