import { Controller, Get, Param, Query } from '@nestjs/common';
import { Throttle } from '@nestjs/throttler';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, Roles } from '../auth/auth.decorators.js';
import type { Principal } from '../auth/principal.js';
import { MasterDataService } from './master-data.service.js';
import { PageDto } from '../input/page.dto.js';
import { Reason } from './reason.decorator.js';

const ApiReason = () => ApiHeader({ name: 'X-Reason', required: true, description: 'Why you need to see this' });

/** Sixty reads a minute: enough for a person, too few to carry all customers away at once. */
const reads = { default: { limit: 60, ttl: 60_000 } };

/**
 * Customers' real addresses (VTEX: Master Data, entity CL), found by the id that an order calls `userProfileId`. There is no
 * search by address: a URL ends up in logs.
 */
@ApiTags('master data')
@Controller('api/dataentities/CL')
@Roles('owner')
@Throttle(reads)
export class MasterDataController {
  constructor(private readonly masterData: MasterDataService) {}

  @Get('customers')
  @ApiReason()
  @ApiOperation({ summary: 'Read customers, newest first' })
  list(@Caller() caller: Principal, @Query() page: PageDto, @Reason() reason: string) {
    return this.masterData.findCustomers(caller, page, reason);
  }

  @Get('customers/:id')
  @ApiReason()
  @ApiOperation({ summary: 'Read a customer' })
  get(@Caller() caller: Principal, @Param('id') id: string, @Reason() reason: string) {
    return this.masterData.findCustomer(caller, id, reason);
  }

  @Get('audit')
  @ApiOperation({ summary: 'Who read which customer, when and why, newest first' })
  audit(@Caller() caller: Principal, @Query() page: PageDto) {
    return this.masterData.findReads(caller.storeId, page);
  }
}
