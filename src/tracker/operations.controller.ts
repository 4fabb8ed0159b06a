import { Controller, Get, Header, HttpStatus, NotFoundException, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import type { Request, Response } from 'express';
import { TrackerHealth } from 'nestjs-conversation-tracker';
import { Public } from '../auth/auth.decorators.js';
import { OmsConfig } from '../config/oms-config.js';
import { sameSecret } from '../auth/same-secret.js';
import { OmsMetrics } from './oms-metrics.js';

/** For probes and for Prometheus, which have no API key of a store: they see no figure of one store, and no address. */
@ApiExcludeController()
@Controller()
@Public()
@SkipThrottle()
export class OperationsController {
  constructor(
    private readonly health: TrackerHealth,
    private readonly metrics: OmsMetrics,
    private readonly config: OmsConfig,
  ) {}

  @Get('health/live')
  @Header('Cache-Control', 'no-store')
  live(): { status: 'up' } {
    return { status: 'up' };
  }

  /** Which parts are up; how much room there is and how much waits is for who signs in. */
  @Get('health/ready')
  @Header('Cache-Control', 'no-store')
  async ready(@Res({ passthrough: true }) response: Response): Promise<{ status: string; checks: object }> {
    const { status, checks } = await this.health.ready();
    response.status(status === 'up' ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
    return {
      status,
      checks: Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, { status: check.status }])),
    };
  }

  @Get('metrics')
  @Header('Cache-Control', 'no-store')
  async scrape(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<string> {
    const { metricsToken, production } = this.config;
    if (metricsToken === undefined && production) throw new NotFoundException();
    const [, given = ''] = /^Bearer (\S+)$/i.exec(request.get('authorization') ?? '') ?? [];
    if (metricsToken !== undefined && !sameSecret(given, metricsToken)) throw new NotFoundException();
    const { contentType, text } = await this.metrics.read();
    response.type(contentType);
    return text;
  }
}
