import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsOptional } from 'class-validator';
import { type OrderStatus, orderStatuses } from '../order.js';
import { Count } from './fields.js';

export class ListOrdersDto {
  @Type(() => Number)
  @Count(1_000_000, { required: false, default: 1 })
  page: number = 1;

  @Type(() => Number)
  @Count(100, { required: false, default: 15 })
  per_page: number = 15;

  @ApiPropertyOptional({ enum: orderStatuses })
  @IsOptional()
  @IsIn(orderStatuses)
  f_status?: OrderStatus;
}
