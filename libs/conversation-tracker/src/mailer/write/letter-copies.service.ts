import { Injectable } from '@nestjs/common';
import { type OrderPerson } from '../../alias/alias.service.js';
import { Turns } from '../../kernel/turns.js';
import { type StagedBlob } from '../../timeline/message-blobs.js';
import { rawKeyOf, RawMessages } from '../delivery/raw-messages.js';
import { type AttachmentPolicy } from '../relay/attachment-policy.js';
import { LetterComposer, type LetterContent } from './letter-composer.service.js';
import { WrittenFiles } from './written-files.js';

/** Octets of files from which on a message is large. */
const LARGE = 1024 * 1024;

/** A finished copy for one recipient. */
export interface KeptCopy {
  deliveryId: string;
  person: OrderPerson;
  /** Where it lies, encrypted; missing for who cannot get mail. */
  rawKey?: string;
  /** To be written with the rows that name it. */
  staged?: StagedBlob;
}

/** Finishes the copies of what the store writes and keeps them, one at a time: however many, one is in memory. */
@Injectable()
export class LetterCopies {
  private readonly turns = new Turns();

  constructor(
    private readonly composer: LetterComposer,
    private readonly files: WrittenFiles,
    private readonly raws: RawMessages,
  ) {}

  /** @throws TrackerError as `LetterComposer` and `WrittenFiles`; of the copies then none is left. */
  keep(letter: LetterContent, policy: AttachmentPolicy): Promise<KeptCopy[]> {
    const octets = (letter.files ?? []).reduce((sum, { size }) => sum + size, 0);
    const finish = () => this.finish(letter, policy);
    return octets > LARGE ? this.turns.take(finish) : finish();
  }

  /** Of a message that is not sent. */
  discard(copies: readonly KeptCopy[]): Promise<void> {
    return this.raws.delete(copies.flatMap(({ rawKey }) => rawKey ?? []));
  }

  private async finish(letter: LetterContent, policy: AttachmentPolicy): Promise<KeptCopy[]> {
    const { storeId } = letter.order;
    const kept: KeptCopy[] = [];
    let areFilesFit = !letter.files?.length;
    try {
      for await (const { deliveryId, person, raw } of this.composer.compose(letter)) {
        if (!raw) {
          kept.push({ deliveryId, person });
          continue;
        }
        if (!areFilesFit) await this.files.check(raw, policy);
        areFilesFit = true;
        const rawKey = rawKeyOf(storeId, deliveryId);
        kept.push({ deliveryId, person, rawKey, staged: await this.raws.stage(storeId, rawKey, raw) });
      }
    } catch (error) {
      await this.discard(kept);
      throw error;
    }
    return kept;
  }
}
