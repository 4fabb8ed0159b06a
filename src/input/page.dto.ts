import { Type } from 'class-transformer';
import { Count } from './fields.js';

/** Which page of a list; `per_page` is VTEX's name. */
export class PageDto {
  @Type(() => Number)
  @Count(1_000_000, { required: false, default: 1 })
  page: number = 1;

  @Type(() => Number)
  @Count(100, { required: false, default: 15 })
  per_page: number = 15;
}
