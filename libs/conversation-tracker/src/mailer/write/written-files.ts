import { Injectable } from '@nestjs/common';
import { TrackerError } from '../../kernel/errors.js';
import { attachmentFault, type AttachmentFault, type AttachmentPolicy } from '../relay/attachment-policy.js';
import { FileScan, type ScanFault } from '../relay/file-scan.js';
import { MimeWorkers } from '../relay/mime-worker.js';

/** Seconds after which a scanner that is away may be back. */
const SCANNER_AWAY_SECONDS = 60;

const nobodyIsShown = { aliases: new Map<string, string>(), publicAddresses: [], trackerDomains: [] };

/** What holds the mail of others for its files is refused where the store itself writes it. */
@Injectable()
export class WrittenFiles {
  constructor(
    private readonly workers: MimeWorkers,
    private readonly scan: FileScan,
  ) {}

  /**
   * @param raw a finished copy with the files.
   * @throws TrackerError `invalid-input` where the store does not want such files, or its scanner has found something;
   * `mail-deferred` while the scanner is away.
   */
  async check(raw: Buffer, policy: AttachmentPolicy): Promise<void> {
    const { attachments, unreadable } = await this.workers.run({ raw, copies: [], show: nobodyIsShown });
    const unfit = unreadable === undefined ? attachmentFault(attachments, policy) : 'unreadable';
    if (unfit) throw refuse(unfit);
    const found = await this.scan.faultOf(raw);
    if (found === 'unscanned-file') {
      const error = { field: 'files', message: 'cannot be scanned now: send them later', reason: found };
      throw new TrackerError('mail-deferred', 'the scanner of files does not answer', [error], SCANNER_AWAY_SECONDS);
    }
    if (found) throw refuse(found);
  }
}

type Fault = AttachmentFault | Exclude<ScanFault, 'unscanned-file'> | 'unreadable';

const mends: Readonly<Record<Fault, string>> = {
  'executable-file': 'must hold nothing that runs when somebody opens it',
  'file-type': 'must be of the types that the store lets through: see attachmentTypes of the settings',
  'files-too-large': 'must be no larger together than attachmentMegabytes of the settings',
  'too-many-files': 'must be no more than attachmentCount of the settings',
  'infected-file': 'must hold nothing that the scanner finds',
  unreadable: 'must be such that they can be looked into',
};

function refuse(reason: Fault): TrackerError {
  return new TrackerError('invalid-input', 'correct files', [{ field: 'files', message: mends[reason], reason }]);
}
