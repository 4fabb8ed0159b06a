import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { PageDto } from '../../input/page.dto.js';
import { type OrderStatus, orderStatuses } from '../order.js';

export class ListOrdersDto extends PageDto {
  @ApiPropertyOptional({ enum: orderStatuses })
  @IsOptional()
  @IsIn(orderStatuses)
  f_status?: OrderStatus;
}
