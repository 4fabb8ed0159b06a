import { Injectable } from '@nestjs/common';
import { MoreThan } from 'typeorm';
import { StoreKeys } from '../../persistence/store-keys.js';
import { TrackerDatabase } from '../../persistence/tracker-database.js';
import { type TemplateSources } from './template-sources.js';
import { TemplateVersion } from './template-version.entity.js';

type VersionKey = Pick<TemplateVersion, 'id' | 'storeId'>;

const PAGE = 50;

const context = ({ storeId, id }: VersionKey) => `template-version:${storeId}:${id}`;

/** Encrypts what stores wrote, bound to the store and the version. */
@Injectable()
export class TemplateVault {
  constructor(
    private readonly storeKeys: StoreKeys,
    private readonly database: TrackerDatabase,
  ) {}

  async seal(version: VersionKey, sources: TemplateSources): Promise<string> {
    return (await this.storeKeys.of(version.storeId)).seal(JSON.stringify(sources), context(version));
  }

  /** Without any source where it was made unreadable. */
  async open(version: VersionKey & Pick<TemplateVersion, 'sealed'>): Promise<TemplateSources> {
    const plain = (await this.storeKeys.of(version.storeId)).open(version.sealed, context(version));
    return plain ? (JSON.parse(plain.toString()) as TemplateSources) : {};
  }

  /** Brings all versions of a store under its current key. */
  async reseal(storeId: string): Promise<void> {
    const key = await this.storeKeys.of(storeId);
    let rows: TemplateVersion[] = [];
    do {
      const where = { storeId, id: MoreThan(rows.at(-1)?.id ?? '') };
      rows = await this.database.manager.find(TemplateVersion, { where, order: { id: 'ASC' }, take: PAGE });
      const page = rows;
      await this.database.transaction(async (manager) => {
        for (const row of page) {
          const sealed = key.reseal(row.sealed, context(row));
          if (sealed !== undefined) await manager.update(TemplateVersion, { id: row.id }, { sealed });
        }
      });
    } while (rows.length === PAGE);
  }

  /** Deletes all of a store. @returns how many it was. */
  async forgetStore(storeId: string): Promise<number> {
    const { affected } = await this.database.transaction((manager) => manager.delete(TemplateVersion, { storeId }));
    return affected ?? 0;
  }
}
