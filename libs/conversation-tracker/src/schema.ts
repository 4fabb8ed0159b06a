import { Alias } from './alias/alias.entity.js';
import { AliasTrace } from './alias/alias-trace.entity.js';
import { Participant } from './alias/participant.entity.js';
import { OutboxConsumption } from './events/outbox-consumption.entity.js';
import { OutboxEvent } from './events/outbox-event.entity.js';
import { CannedReply } from './mailer/canned-replies/canned-reply.entity.js';
import { Delivery } from './mailer/delivery/delivery.entity.js';
import { WebhookSeen } from './mailer/inbound/webhook/webhook-seen.entity.js';
import { AutoReply } from './mailer/relay/auto-reply.entity.js';
import { MessageRef } from './mailer/relay/message-ref.entity.js';
import { TemplateVersion } from './mailer/store-templates/template-version.entity.js';
import { AddAuditActionIndex1764300000000 } from './migrations/add-audit-action-index.migration.js';
import { AddAuditChain1764400000000 } from './migrations/add-audit-chain.migration.js';
import { AddDeliveryStream1764460000000 } from './migrations/add-delivery-stream.migration.js';
import { AddOrderList1764430000000 } from './migrations/add-order-list.migration.js';
import { AddBlobs1764540000000 } from './migrations/add-blobs.migration.js';
import { AddCannedReplies1764450000000 } from './migrations/add-canned-replies.migration.js';
import { AddNotes1764440000000 } from './migrations/add-notes.migration.js';
import { AddErasures1764520000000 } from './migrations/add-erasures.migration.js';
import { AddRelayTables1764100000000 } from './migrations/add-relay-tables.migration.js';
import { AddRevealQuota1764500000000 } from './migrations/add-reveal-quota.migration.js';
import { AddTemplateVersions1764530000000 } from './migrations/add-template-versions.migration.js';
import { AddWebhookSeen1764200000000 } from './migrations/add-webhook-seen.migration.js';
import { AddStoreKeys1764310000000 } from './migrations/add-store-keys.migration.js';
import { AddUpkeep1764530000000 } from './migrations/add-upkeep.migration.js';
import { CreateConversationTracker1764000000000 } from './migrations/create-tables.migration.js';
import { StoreKeyRow } from './persistence/store-key.entity.js';
import { Erasure } from './privacy/erasure.entity.js';
import { UpkeepProgress } from './privacy/upkeep/upkeep-progress.entity.js';
import { StoreSettings } from './settings/store-settings.entity.js';
import { Attachment } from './timeline/attachments/attachment.entity.js';
import { AuditChain } from './timeline/audit/audit-chain.entity.js';
import { AuditEntry } from './timeline/audit/audit-entry.entity.js';
import { BlobRow } from './timeline/blob-row.entity.js';
import { Message } from './timeline/message.entity.js';
import { Note } from './timeline/notes/note.entity.js';
import { OrderActivity } from './timeline/order-list/order-activity.entity.js';
import { RevealQuotaRow } from './timeline/reveal/reveal-quota.entity.js';
import { TimelineEntry } from './timeline/timeline-entry.entity.js';
import { TimelineRecipientState } from './timeline/timeline-recipient-state.entity.js';

/** What a host spreads into `entities` of its DataSource. */
export const conversationTrackerEntities = [
  OutboxEvent,
  OutboxConsumption,
  StoreSettings,
  Participant,
  Alias,
  AliasTrace,
  Message,
  BlobRow,
  Attachment,
  TimelineEntry,
  OrderActivity,
  Note,
  TimelineRecipientState,
  AuditEntry,
  AuditChain,
  RevealQuotaRow,
  Delivery,
  CannedReply,
  TemplateVersion,
  MessageRef,
  AutoReply,
  WebhookSeen,
  StoreKeyRow,
  Erasure,
  UpkeepProgress,
];

/** What a host spreads into `migrations` of its DataSource: the tables of {@link conversationTrackerEntities}. */
export const conversationTrackerMigrations = [
  CreateConversationTracker1764000000000,
  AddRelayTables1764100000000,
  AddWebhookSeen1764200000000,
  AddAuditActionIndex1764300000000,
  AddStoreKeys1764310000000,
  AddAuditChain1764400000000,
  AddOrderList1764430000000,
  AddNotes1764440000000,
  AddCannedReplies1764450000000,
  AddDeliveryStream1764460000000,
  AddRevealQuota1764500000000,
  AddErasures1764520000000,
  AddTemplateVersions1764530000000,
  AddUpkeep1764530000000,
  AddBlobs1764540000000,
];
