import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import type { Principal } from '../auth/principal.js';
import { Transactions } from '../database/transactions.js';
import { Problem } from '../problem/problem.js';
import { CustomerEntity } from './customer.entity.js';
import { MasterDataReadEntity } from './master-data-read.entity.js';
import type { PageDto } from '../input/page.dto.js';

/** Shows customers' real data to who may see it, and only once it is on record who saw it and why. */
@Injectable()
export class MasterDataService {
  constructor(
    private readonly transactions: Transactions,
    @InjectDataSource() private readonly dataSource: DataSource,
  ) {}

  async findCustomer(reader: Principal, id: string, reason: string) {
    const customers = await this.transactions.run(async (manager) => {
      const found = await manager.findBy(CustomerEntity, { id, storeId: reader.storeId });
      return this.record(reader, found, reason, manager);
    });
    if (!customers[0]) throw new Problem(404, 'customer-not-found', 'There is no such customer in this store');
    return customers[0];
  }

  async findCustomers(reader: Principal, page: PageDto, reason: string) {
    return this.transactions.run(async (manager) => {
      const found = await manager.find(CustomerEntity, {
        where: { storeId: reader.storeId },
        order: { createdAt: 'DESC', id: 'ASC' },
        ...slice(page),
      });
      return this.record(reader, found, reason, manager);
    });
  }

  /** Newest first. */
  async findReads(storeId: string, page: PageDto) {
    const reads = await this.dataSource.manager.find(MasterDataReadEntity, {
      where: { storeId },
      order: { readAt: 'DESC', id: 'ASC' },
      ...slice(page),
    });
    return reads.map(({ principalId, customerId, reason, readAt }) => ({
      principalId,
      customerId,
      reason,
      readAt: new Date(readAt).toISOString(),
    }));
  }

  private async record(reader: Principal, shown: CustomerEntity[], reason: string, manager: EntityManager) {
    const read = { storeId: reader.storeId, principalId: reader.id, reason, readAt: Date.now() };
    await manager.insert(
      MasterDataReadEntity,
      shown.map((customer) => ({ ...read, id: randomUUID(), customerId: customer.id })),
    );
    return shown.map(({ id, email, firstName, lastName, phone, document }) => ({
      id,
      email,
      firstName,
      lastName,
      phone,
      document,
    }));
  }
}

const slice = ({ page, per_page: perPage }: PageDto) => ({ skip: (page - 1) * perPage, take: perPage });
