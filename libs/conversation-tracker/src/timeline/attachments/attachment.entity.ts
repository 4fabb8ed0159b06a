import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { epochColumn, idColumn, keyHashColumn, storeIdColumn } from '../../persistence/column-types.js';

/** A part of a message that is kept as a file. The rows of one store with one `blobKey` are the references to that blob. */
@Entity('ct_attachment')
@Index('ix_ct_attachment_message', ['messageId', 'path'])
@Index('ix_ct_attachment_blob', ['storeId', 'blobHash'])
export class Attachment {
  @PrimaryColumn(idColumn)
  id!: string;

  @Column(storeIdColumn)
  storeId!: string;

  /** Null until the message is recorded: the row then only holds the blob. */
  @Column({ ...idColumn, nullable: true })
  messageId!: string | null;

  /** As IMAP counts parts: `2`, `1.3`. */
  @Column({ type: 'varchar', length: 64 })
  path!: string;

  /** HMAC of the bytes: the same ones are stored once in a store (R44), and nobody without the key can ask for a known file. */
  @Column(keyHashColumn)
  blobHash!: string;

  /** Where the BlobStore keeps the encrypted bytes. */
  @Column({ type: 'varchar', length: 128 })
  blobKey!: string;

  /** Lower-case `type/subtype`, as the message says. */
  @Column({ type: 'varchar', length: 255 })
  type!: string;

  /** Octets. */
  @Column({ type: 'integer' })
  size!: number;

  @Column(epochColumn)
  createdAt!: number;
}
