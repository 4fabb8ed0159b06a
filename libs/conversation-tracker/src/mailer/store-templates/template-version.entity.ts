import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { epochColumn, idColumn, storeIdColumn } from '../../persistence/column-types.js';
import { type TemplateRef } from './template-sources.js';

/** What a store wrote, at one time, in place of the template of a step, or of a part, in one language. */
@Entity('ct_template_version')
@Index('ux_ct_template_version_number', ['storeId', 'step', 'locale', 'version'], { unique: true })
@Index('ix_ct_template_version_current', ['storeId', 'current'])
export class TemplateVersion {
  @PrimaryColumn(idColumn)
  id!: string;

  @Column(storeIdColumn)
  storeId!: string;

  @Column({ type: 'varchar', length: 32 })
  step!: TemplateRef['step'];

  /** BCP 47, in its canonical spelling. */
  @Column({ type: 'varchar', length: 35 })
  locale!: string;

  /** Counted from 1. */
  @Column({ type: 'integer' })
  version!: number;

  /** Whether it is the last one. */
  @Column({ type: 'boolean' })
  current!: boolean;

  /** JSON of TemplateSources, encrypted with the key of the store. Without any the store went back to what there was before. */
  @Column({ type: 'text' })
  sealed!: string;

  @Column(epochColumn)
  createdAt!: number;

  /** The actor of the AccessGrant. */
  @Column({ type: 'varchar', length: 255 })
  createdBy!: string;
}
