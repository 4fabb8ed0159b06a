import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CustomerEntity } from './customer.entity.js';

export interface CustomerProfile {
  email: string;
  firstName?: string | null;
  lastName?: string | null;
  phone?: string | null;
  document?: string | null;
}

/** The customers a store knows, one per address. */
@Injectable()
export class Customers {
  /** @returns the id of the store's customer with that address, who is made if new */
  async remember(storeId: string, profile: CustomerProfile, now: Date, manager: EntityManager): Promise<string> {
    const emailFolded = profile.email.trim().toLowerCase();
    const known = await manager.findOneBy(CustomerEntity, { storeId, emailFolded });
    if (known) return known.id;
    const id = randomUUID();
    await manager.insert(CustomerEntity, {
      id,
      storeId,
      emailFolded,
      email: profile.email,
      firstName: profile.firstName ?? null,
      lastName: profile.lastName ?? null,
      phone: profile.phone ?? null,
      document: profile.document ?? null,
      createdAt: now.getTime(),
    });
    return id;
  }
}
