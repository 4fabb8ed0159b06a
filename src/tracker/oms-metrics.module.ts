import { Module } from '@nestjs/common';
import { OmsMetrics } from './oms-metrics.js';

@Module({ providers: [OmsMetrics], exports: [OmsMetrics] })
export class OmsMetricsModule {}
