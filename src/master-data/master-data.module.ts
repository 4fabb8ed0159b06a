import { Module } from '@nestjs/common';
import { Customers } from './customers.js';
import { MasterDataController } from './master-data.controller.js';
import { MasterDataService } from './master-data.service.js';

@Module({ controllers: [MasterDataController], providers: [Customers, MasterDataService], exports: [Customers] })
export class MasterDataModule {}
