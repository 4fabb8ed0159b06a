import { type MigrationInterface, type QueryRunner, Table, type TableOptions } from 'typeorm';

const id = { type: 'varchar', length: '32' };
const storeId = { name: 'storeId', type: 'varchar', length: '64' };
const orderId = { name: 'orderId', type: 'varchar', length: '128' };
const keyHash = { type: 'varchar', length: '64' };
const word = { type: 'varchar', length: '16' };
const text = { type: 'text' };
const name = { type: 'varchar', length: '255' };
const diagnostic = { type: 'varchar', length: '500' };
const epoch = { type: 'bigint' };
const integer = { type: 'integer' };

const storeSettings: TableOptions = {
  name: 'ct_store_settings',
  columns: [
    { ...storeId, isPrimary: true },
    { ...text, name: 'sealed' },
    { ...epoch, name: 'updatedAt' },
    { ...name, name: 'updatedBy' },
  ],
};

const participant: TableOptions = {
  name: 'ct_participant',
  columns: [
    { ...id, name: 'id', isPrimary: true },
    storeId,
    orderId,
    { ...keyHash, name: 'addressIndex' },
    { ...text, name: 'sealed', isNullable: true },
    { ...name, name: 'roles' },
    { ...text, name: 'paths' },
    { ...word, name: 'state' },
    { ...id, name: 'supersededBy', isNullable: true },
    { ...integer, name: 'generation' },
    { ...word, name: 'maskType' },
    { ...word, name: 'aliasKeyId' },
    { ...name, name: 'trackerDomain' },
    { ...epoch, name: 'issuedAt' },
    { ...epoch, name: 'expiresAt' },
    { ...epoch, name: 'orderEndedAt', isNullable: true },
  ],
  indices: [{ name: 'ix_ct_participant_order', columnNames: ['storeId', 'orderId'] }],
};

const alias: TableOptions = {
  name: 'ct_alias',
  columns: [
    { ...id, name: 'id', isPrimary: true },
    storeId,
    orderId,
    { ...id, name: 'participantId' },
    { ...integer, name: 'generation' },
    { ...word, name: 'maskType' },
    { ...word, name: 'aliasKeyId' },
    { ...name, name: 'trackerDomain' },
    { ...keyHash, name: 'lookup' },
    { ...epoch, name: 'issuedAt' },
    { ...epoch, name: 'expiresAt' },
    { ...word, name: 'state' },
  ],
  indices: [
    { name: 'ux_ct_alias_lookup', columnNames: ['lookup'], isUnique: true },
    { name: 'ix_ct_alias_order', columnNames: ['storeId', 'orderId'] },
    { name: 'ix_ct_alias_expiry', columnNames: ['expiresAt', 'id'] },
  ],
};

const message: TableOptions = {
  name: 'ct_message',
  columns: [
    { ...id, name: 'id', isPrimary: true },
    storeId,
    orderId,
    { name: 'direction', type: 'varchar', length: '8' },
    { name: 'step', type: 'varchar', length: '32', isNullable: true },
    { ...name, name: 'internetMessageId' },
    { ...keyHash, name: 'dedupeKey' },
    { ...text, name: 'sealedHead' },
    { name: 'bodyKey', type: 'varchar', length: '128' },
    { name: 'hasAttachment', type: 'boolean' },
    { ...word, name: 'disposition', isNullable: true },
    { name: 'holdReason', type: 'varchar', length: '32', isNullable: true },
    { ...keyHash, name: 'senderIndex', isNullable: true },
    { name: 'rawKey', type: 'varchar', length: '128', isNullable: true },
    { ...epoch, name: 'createdAt' },
  ],
  indices: [
    { name: 'ux_ct_message_dedupe', columnNames: ['dedupeKey'], isUnique: true },
    { name: 'ix_ct_message_order', columnNames: ['storeId', 'orderId', 'id'] },
    { name: 'ix_ct_message_disposition', columnNames: ['storeId', 'disposition', 'id'] },
    { name: 'ix_ct_message_sender', columnNames: ['senderIndex', 'createdAt'] },
  ],
};

const messageRecipient: TableOptions = {
  name: 'ct_message_recipient',
  columns: [
    { ...id, name: 'deliveryId', isPrimary: true },
    { ...id, name: 'messageId' },
    { ...word, name: 'state' },
    { ...diagnostic, name: 'diagnostic', isNullable: true },
    { ...epoch, name: 'updatedAt' },
  ],
  indices: [{ name: 'ix_ct_message_recipient_message', columnNames: ['messageId'] }],
};

const attachment: TableOptions = {
  name: 'ct_attachment',
  columns: [
    { ...id, name: 'id', isPrimary: true },
    storeId,
    { ...id, name: 'messageId', isNullable: true },
    { name: 'path', type: 'varchar', length: '64' },
    { ...keyHash, name: 'blobHash' },
    { name: 'blobKey', type: 'varchar', length: '128' },
    { ...name, name: 'type' },
    { ...integer, name: 'size' },
    { ...epoch, name: 'createdAt' },
  ],
  indices: [
    { name: 'ix_ct_attachment_message', columnNames: ['messageId', 'path'] },
    { name: 'ix_ct_attachment_blob', columnNames: ['storeId', 'blobHash'] },
  ],
};

const timelineEntry: TableOptions = {
  name: 'ct_timeline_entry',
  columns: [
    { ...id, name: 'id', isPrimary: true },
    storeId,
    orderId,
    { ...word, name: 'kind' },
    { ...epoch, name: 'occurredAt' },
    { ...keyHash, name: 'sourceKey' },
    { ...id, name: 'refId' },
    { ...text, name: 'detail' },
  ],
  indices: [
    { name: 'ux_ct_timeline_entry_source', columnNames: ['sourceKey'], isUnique: true },
    { name: 'ix_ct_timeline_entry_order', columnNames: ['storeId', 'orderId', 'id'] },
  ],
};

const auditEntry: TableOptions = {
  name: 'ct_audit_entry',
  columns: [
    { ...id, name: 'id', isPrimary: true },
    storeId,
    orderId,
    { ...name, name: 'actor' },
    { name: 'action', type: 'varchar', length: '64' },
    { ...text, name: 'detail' },
    { ...epoch, name: 'at' },
  ],
  indices: [{ name: 'ix_ct_audit_entry_store', columnNames: ['storeId', 'id'] }],
};

const delivery: TableOptions = {
  name: 'ct_delivery',
  columns: [
    { ...id, name: 'id', isPrimary: true },
    storeId,
    orderId,
    { ...id, name: 'messageId' },
    { ...id, name: 'participantId' },
    { ...id, name: 'aliasId' },
    { ...word, name: 'state' },
    { ...integer, name: 'attempts' },
    { ...epoch, name: 'queuedAt' },
    { ...epoch, name: 'nextAttemptAt' },
    { ...name, name: 'envelopeSender' },
    { ...name, name: 'rawKey' },
    { ...diagnostic, name: 'diagnostic', isNullable: true },
    { ...epoch, name: 'updatedAt' },
  ],
  indices: [
    { name: 'ix_ct_delivery_due', columnNames: ['state', 'nextAttemptAt'] },
    { name: 'ix_ct_delivery_recipient', columnNames: ['storeId', 'orderId', 'participantId', 'state'] },
    { name: 'ix_ct_delivery_message', columnNames: ['storeId', 'messageId'] },
  ],
};

const outboxEvent: TableOptions = {
  name: 'ct_outbox_event',
  columns: [
    { ...id, name: 'id', isPrimary: true },
    storeId,
    orderId,
    { name: 'type', type: 'varchar', length: '64' },
    { ...keyHash, name: 'dedupeKey' },
    { ...text, name: 'payload', isNullable: true },
    { ...epoch, name: 'occurredAt' },
  ],
  indices: [{ name: 'ux_ct_outbox_event_dedupe', columnNames: ['dedupeKey'], isUnique: true }],
};

const outboxConsumption: TableOptions = {
  name: 'ct_outbox_consumption',
  columns: [
    { ...id, name: 'eventId', isPrimary: true },
    { name: 'consumer', type: 'varchar', length: '64', isPrimary: true },
    storeId,
    orderId,
    { ...word, name: 'state' },
    { ...integer, name: 'attempts' },
    { ...epoch, name: 'nextAttemptAt' },
    { ...name, name: 'lastError', isNullable: true },
  ],
  indices: [
    { name: 'ix_ct_outbox_consumption_due', columnNames: ['state', 'nextAttemptAt'] },
    {
      name: 'ix_ct_outbox_consumption_order',
      columnNames: ['consumer', 'storeId', 'orderId', 'state', 'eventId'],
    },
  ],
};

const tables = [
  storeSettings,
  participant,
  alias,
  message,
  messageRecipient,
  attachment,
  timelineEntry,
  auditEntry,
  delivery,
  outboxEvent,
  outboxConsumption,
];

/** The tables of version 0.1. A later version adds a migration and leaves this one alone. */
export class CreateConversationTracker1764000000000 implements MigrationInterface {
  name = 'CreateConversationTracker1764000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const table of tables) await queryRunner.createTable(new Table(table));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const { name: table } of tables) await queryRunner.dropTable(table);
  }
}
