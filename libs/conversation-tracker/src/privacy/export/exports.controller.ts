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
import { AddressReveal } from '../../timeline/reveal/address-reveal.js';
import { requireReason } from '../../timeline/reveal/reveal-query.js';
import { parseErasureTarget } from '../erasure-target.js';
import { PersonExport } from './person-export.js';

@TrackerController('exports')
export class ExportsController {
  constructor(
    private readonly person: PersonExport,
    private readonly reveals: AddressReveal,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  /** Counted and audited first: nothing is given out that the audit does not know of. */
  @Post()
  @Requires('privacy.export')
  @HttpCode(HttpStatus.OK)
  @Download()
  async export(
    @Grant() { storeId, actor, revealsPerDay }: Required<AccessGrant>,
    @Body() body: unknown,
  ): Promise<StreamableFile> {
    const { address, ...rest } = (body ?? {}) as Record<string, unknown>;
    const reason = requireReason(rest);
    const target = parseErasureTarget({ address }, storeId, trackerDomains(this.options));
    if (target.kind !== 'person') throw new TrackerError('invalid-input', 'send { "address": "…", "reason": "…" }');
    const id = newId(this.clock.now());
    const found = await this.person.find(storeId, target.address);
    const shown = {
      storeId,
      way: 'export' as const,
      orderIds: [...new Set(found.orders.map(({ people }) => people.orderId))],
      count: found.addresses.size,
      detail: { exportId: id },
    };
    await this.reveals.record(shown, { actor, revealsPerDay, reason });
    await this.audit.record({ storeId, actor, action: 'privacy.exported', detail: { exportId: id, reason } });
    const archive = Readable.from(this.person.archive(found), { objectMode: false });
    const disposition = `attachment; filename="export-${id}.tar"`;
    return new StreamableFile(archive, { type: 'application/x-tar', disposition });
  }
}
