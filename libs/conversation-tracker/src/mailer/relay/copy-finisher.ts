import { hopHeaderName, hopPlace, type Hops, nextHops, writeHops } from '../../message/hop-header.js';
import { type KeyRing } from '../../persistence/key-ring.js';
import { type TrackerOptions } from '../../ports/tracker-options.js';
import { DkimSigner } from '../outbound/dkim-signer.js';

/** Puts on an edited copy what is ours: the count of its turns (R22) and the signature of the tracker domain (R38), by a key of relayed mail where there is one (R39). */
export class CopyFinisher {
  private readonly signer: DkimSigner | undefined;

  constructor(
    private readonly keys: KeyRing,
    private readonly options: Pick<TrackerOptions, 'trackerDomain' | 'dkim' | 'relayed'>,
  ) {
    const { trackerDomain } = options;
    const dkim = options.relayed?.dkim ?? options.dkim;
    this.signer = dkim && new DkimSigner(dkim, trackerDomain);
  }

  /**
   * @param copy in pieces, as the outcome is.
   * @param hops of the message as it came.
   * @param place where this copy goes on from: see `hop-places.ts`.
   */
  async finish(copy: readonly Buffer[], hops: Hops, place: readonly string[]): Promise<readonly Buffer[]> {
    const counted = this.count(copy, hops, place);
    return this.signer ? [await this.signer.sign(Buffer.concat(counted))] : counted;
  }

  /** With the count alone: for a message that goes on as it came. */
  count(message: readonly Buffer[], hops: Hops, place: readonly string[]): readonly Buffer[] {
    const { key } = this.keys.index.current;
    const value = writeHops(nextHops(hops, hopPlace(place, key)), key, this.options.trackerDomain);
    return [Buffer.from(`${hopHeaderName}: ${value}\r\n`), ...message];
  }
}
