import { Injectable } from '@nestjs/common';
import { StoreKeys } from '../../persistence/store-keys.js';
import { type TemplateSources } from './template-sources.js';
import { type TemplateVersion } from './template-version.entity.js';

type VersionKey = Pick<TemplateVersion, 'id' | 'storeId'>;

const context = ({ storeId, id }: VersionKey) => `template-version:${storeId}:${id}`;

/** Encrypts what stores wrote, bound to the store and the version. */
@Injectable()
export class TemplateVault {
  constructor(private readonly storeKeys: StoreKeys) {}

  async seal(version: VersionKey, sources: TemplateSources): Promise<string> {
    return (await this.storeKeys.of(version.storeId)).seal(JSON.stringify(sources), context(version));
  }

  /** Without any source where it was made unreadable. */
  async open(version: VersionKey & Pick<TemplateVersion, 'sealed'>): Promise<TemplateSources> {
    const plain = (await this.storeKeys.of(version.storeId)).open(version.sealed, context(version));
    return plain ? (JSON.parse(plain.toString()) as TemplateSources) : {};
  }
}
