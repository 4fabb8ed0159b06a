import { type DatabaseAddress } from '../databases.js';

/** Where a host process lies and what it talks to. */
export interface SoakHostConfig {
  database: DatabaseAddress;
  dataDirectory: string;
  spoolDirectory: string;
  /** The mail server behind it, on loopback. */
  smtpPort: number;
  /** How long it waits for an answer of that server, in milliseconds. @default as in production */
  answerMs?: number;
  /** How far its clock is ahead, in milliseconds: what a killed process leased, and what waits for its next attempt, is due. */
  ahead: number;
}

/** One sender for each. */
export const ORDERS = [0, 1, 2, 3, 4, 5, 6, 7];
export const STORE = 'desk@shop.example';
export const orderIdOf = (n: number) => `order-${n}`;
export const customerOf = (n: number) => `customer-${n}@customer.example`;

export const SOAK_ZONE: Readonly<Record<string, string>> = {
  'customer.example': 'v=spf1 ip4:127.0.0.1 -all',
  '_dmarc.customer.example': 'v=DMARC1; p=reject',
};
