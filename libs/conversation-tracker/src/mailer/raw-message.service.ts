import { Injectable } from '@nestjs/common';
import { TrackerError } from '../kernel/errors.js';
import { TrackerDatabase } from '../persistence/tracker-database.js';
import { AddressReveal, type Viewer } from '../timeline/reveal/address-reveal.js';
import { TimelineService } from '../timeline/timeline.service.js';
import { Delivery } from './delivery/delivery.entity.js';
import { RawMessages } from './delivery/raw-messages.js';

/** Shows whole messages, real addresses and all, on record. */
@Injectable()
export class RawMessageReader {
  constructor(
    private readonly timeline: TimelineService,
    private readonly addresses: AddressReveal,
    private readonly database: TrackerDatabase,
    private readonly raws: RawMessages,
  ) {}

  /**
   * A message as it came in; of one that was sent, the copy of the first recipient.
   * @throws TrackerError `message-not-found`, also where nothing is kept of it.
   */
  async read(storeId: string, id: string, viewer: Viewer): Promise<Buffer> {
    const { row } = await this.timeline.stored(storeId, id);
    const key = row.rawKey ?? (await this.firstCopy(storeId, id));
    const { orderId } = row;
    // How many addresses stand in it, nobody has counted.
    await this.addresses.record(
      { storeId, way: 'raw-message', orderIds: [orderId], count: 1, detail: { messageId: id } },
      viewer,
    );
    const raw = key === undefined ? undefined : await this.raws.get(storeId, key);
    if (!raw)
      throw new TrackerError('message-not-found', 'nothing is kept of this message but what the timeline shows');
    return raw;
  }

  private async firstCopy(storeId: string, messageId: string): Promise<string | undefined> {
    const [first]: (Delivery | undefined)[] = await this.database.manager.find(Delivery, {
      where: { storeId, messageId },
      order: { id: 'ASC' },
      take: 1,
    });
    return first?.rawKey;
  }
}
