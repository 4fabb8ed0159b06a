import { desktopMail } from './desktop-mail.js';
import { invoices } from './invoices.js';
import { letters } from './letters.js';
import { notices } from './notices.js';
import { type OrderMail } from './order-mail.js';

/** Legitimate mail about orders, of every kind that people and programs send. */
export const orderMails: readonly OrderMail[] = [...letters, ...invoices, ...notices, ...desktopMail];
