import { Module } from '@nestjs/common';
import { BLOB_STORE } from '../ports/blob-store.js';
import { TRACKER_OPTIONS, type TrackerOptions } from '../ports/tracker-options.js';
import { AddressReveal } from './reveal/address-reveal.js';
import { AliasDisplay } from './alias-display.js';
import { AuditController } from './audit/audit.controller.js';
import { AuditReader } from './audit/audit-reader.js';
import { AuditTrail } from './audit/audit-trail.js';
import { AttachmentController } from './attachments/attachment.controller.js';
import { AttachmentResealing } from './attachments/attachment-resealing.js';
import { AttachmentStore } from './attachments/attachment-store.js';
import { ConversationMessageController } from './conversation-message.controller.js';
import { ConversationMessages } from './conversation-messages.service.js';
import { FileBlobStore } from './file-blob-store.js';
import { MessageBlobs } from './message-blobs.js';
import { MessageHtml } from './html/message-html.js';
import { MessageErasure } from './message-erasure.js';
import { MessageReader } from './message-reader.js';
import { MessageRecorder } from './message-recorder.js';
import { MessageResealing } from './message-resealing.js';
import { MessageRetention } from './message-retention.js';
import { MessageVault } from './message-vault.js';
import { MessageController } from './message.controller.js';
import { NoteBook } from './notes/note-book.js';
import { OrderListController } from './order-list/order-list.controller.js';
import { OrderList } from './order-list/order-list.service.js';
import { SettingsChangesController } from './settings-changes.controller.js';
import { SettingsChanges } from './settings-changes.service.js';
import { TimelineConsumer } from './timeline.consumer.js';
import { TimelineController } from './timeline.controller.js';
import { TimelineService } from './timeline.service.js';

const blobStore = {
  provide: BLOB_STORE,
  useFactory: ({ dataDirectory }: TrackerOptions) => new FileBlobStore(dataDirectory),
  inject: [TRACKER_OPTIONS],
};

/** Injects the ADDRESS_BOOK, which a room above provides to all. */
@Module({
  controllers: [
    TimelineController,
    MessageController,
    AttachmentController,
    AuditController,
    ConversationMessageController,
    SettingsChangesController,
    OrderListController,
  ],
  providers: [
    blobStore,
    AddressReveal,
    AliasDisplay,
    AttachmentResealing,
    AttachmentStore,
    AuditReader,
    AuditTrail,
    ConversationMessages,
    MessageBlobs,
    { provide: MessageHtml, useFactory: () => new MessageHtml() },
    MessageErasure,
    MessageReader,
    MessageRecorder,
    MessageResealing,
    MessageRetention,
    MessageVault,
    NoteBook,
    OrderList,
    SettingsChanges,
    TimelineConsumer,
    TimelineService,
  ],
  exports: [
    AddressReveal,
    AttachmentResealing,
    AttachmentStore,
    AuditTrail,
    MessageBlobs,
    MessageHtml,
    MessageErasure,
    MessageReader,
    MessageRecorder,
    MessageResealing,
    MessageVault,
    MessageRetention,
    NoteBook,
    OrderList,
    SettingsChanges,
    TimelineService,
    BLOB_STORE,
  ],
})
export class TimelineModule {}
