import { Get, HttpStatus, Inject, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Requires } from '../../ports/rest/requires.decorator.js';
import { TrackerController } from '../../ports/rest/tracker-controller.decorator.js';
import { type HealthReport, TrackerHealth } from './tracker-health.js';

/** For monitors that sign in; a probe without a key asks a route of the host's that asks {@link TrackerHealth}. */
@TrackerController('health')
export class HealthController {
  constructor(
    private readonly health: TrackerHealth,
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** 503 where something is down. */
  @Get()
  @Requires('health.read')
  async ready(@Res({ passthrough: true }) response: unknown): Promise<HealthReport> {
    const report = await this.health.ready();
    const status = report.status === 'up' ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE;
    (this.adapterHost.httpAdapter as { status(response: unknown, status: number): unknown }).status(response, status);
    return report;
  }
}
