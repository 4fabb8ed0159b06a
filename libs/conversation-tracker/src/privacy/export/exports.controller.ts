import { Readable } from 'node:stream';
import { Body, HttpCode, HttpStatus, Inject, Post, StreamableFile } from '@nestjs/common';
import { newId } from '../../kernel/ids.js';
import { type Clock } from '../../kernel/clock.js';
import { TrackerError } from '../../kernel/errors.js';
import { type AccessGrant } from '../../ports/access-policy.js';
import { Download } from '../../ports/rest/download.js';
import { Grant, Requires } from '../../ports/rest/requires.decorator.js';
import { TrackerController } from '../../ports/rest/tracker-controller.decorator.js';
import { CLOCK, TRACKER_OPTIONS, trackerDomains, type TrackerOptions } from '../../ports/tracker-options.js';
import { AuditTrail } from '../../timeline/audit/audit-trail.js';
import { requireReason } from '../../timeline/reveal/reveal-query.js';
import { parseErasureTarget } from '../erasure-target.js';
import { PersonExport } from './person-export.js';

@TrackerController('exports')
export class ExportsController {
  constructor(
    private readonly person: PersonExport,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  /** The audit is written first: nothing is given out that it does not know of. */
  @Post()
  @Requires('privacy.export')
  @HttpCode(HttpStatus.OK)
  @Download()
  async export(@Grant() { storeId, actor }: Required<AccessGrant>, @Body() body: unknown): Promise<StreamableFile> {
    const { address, ...rest } = (body ?? {}) as Record<string, unknown>;
    const reason = requireReason(rest);
    const target = parseErasureTarget({ address }, storeId, trackerDomains(this.options));
    if (target.kind !== 'person') throw new TrackerError('invalid-input', 'send { "address": "…", "reason": "…" }');
    const id = newId(this.clock.now());
    await this.audit.record({ storeId, actor, action: 'privacy.exported', detail: { exportId: id, reason } });
    const archive = Readable.from(this.person.archive(storeId, target.address), { objectMode: false });
    const disposition = `attachment; filename="export-${id}.tar"`;
    return new StreamableFile(archive, { type: 'application/x-tar', disposition });
  }
}
