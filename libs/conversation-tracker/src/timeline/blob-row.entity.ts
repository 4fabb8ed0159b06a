import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A small body or raw message, encrypted, in the transaction of the rows that name it. */
@Entity('ct_blob')
export class BlobRow {
  /** It begins with a hash of its store. */
  @PrimaryColumn({ type: 'varchar', length: 128 })
  blobKey!: string;

  /** In base64: TypeORM has no column of octets that is one in every database. */
  @Column({ type: 'text' })
  octets!: string;
}
