import { hopHeaderName, writeHops } from '../../message/hop-header.js';
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

  /** @param hops how often the message has come through here with this copy. */
  async finish(copy: Buffer, hops: number): Promise<Buffer> {
    const counted = this.count(copy, hops);
    return this.signer ? this.signer.sign(counted) : counted;
  }

  /** With the count alone: for a message that goes on as it came. */
  count(message: Buffer, hops: number): Buffer {
    const value = writeHops(hops, this.keys.index.current.key, this.options.trackerDomain);
    return Buffer.concat([Buffer.from(`${hopHeaderName}: ${value}\r\n`), message]);
  }
}
