import { Get, Header } from '@nestjs/common';
import { type AccessGrant } from '../../ports/access-policy.js';
import { Grant, Requires } from '../../ports/rest/requires.decorator.js';
import { TrackerController } from '../../ports/rest/tracker-controller.decorator.js';
import { type MaskingReport, MaskingReporter } from './masking-reporter.js';

@TrackerController('masking-report')
export class MaskingReportController {
  constructor(private readonly reporter: MaskingReporter) {}

  /** What masking would change, counted since this process started. */
  @Get()
  @Requires('settings.read')
  @Header('Cache-Control', 'no-store')
  read(@Grant() { storeId }: Required<AccessGrant>): MaskingReport {
    return this.reporter.report(storeId);
  }
}
