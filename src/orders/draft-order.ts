import { randomUUID } from 'node:crypto';
import type { Store } from '../stores/stores.js';
import type { PlaceOrderDto } from './dto/place-order.dto.js';
import type { Address, Order, OrderItem, Seller, Transaction } from './order.js';

/** What the OMS decides about a new order. */
export interface Draft {
  store: Store;
  orderGroup: string;
  /** The order's place in its group, from 1. */
  position: number;
  sequence: number;
  userProfileId: string;
  now: Date;
}

export function draftOrder(input: PlaceOrderDto, draft: Draft): Order {
  const { store, now } = draft;
  const orderId = `${draft.orderGroup}-${String(draft.position).padStart(2, '0')}`;
  const sellers: Seller[] = input.sellers ?? [{ id: '1', name: store.name }];
  const items = input.items.map((item) => orderItem(item, sellers[0]?.id ?? '1'));
  const itemsTotal = items.reduce((sum, item) => sum + item.price * item.quantity, 0);
  const shippingTotal = input.shippingData?.price ?? 0;
  const value = itemsTotal + shippingTotal;
  return {
    orderId,
    sequence: String(draft.sequence),
    marketplaceOrderId: input.marketplaceOrderId ?? null,
    sellerOrderId: orderId,
    origin: input.marketplace ? 'Fulfillment' : 'Marketplace',
    salesChannel: '1',
    status: 'payment-pending',
    statusDescription: 'Payment pending',
    value,
    creationDate: now.toISOString(),
    lastChange: now.toISOString(),
    authorizedDate: null,
    invoicedDate: null,
    orderGroup: draft.orderGroup,
    followUpEmail: store.email,
    hostname: store.hostname,
    isCompleted: false,
    allowCancellation: true,
    cancelReason: null,
    cancellationData: null,
    totals: [
      { id: 'Items', name: 'Items Total', value: itemsTotal },
      { id: 'Discounts', name: 'Discounts Total', value: 0 },
      { id: 'Shipping', name: 'Shipping Total', value: shippingTotal },
      { id: 'Tax', name: 'Tax Total', value: 0 },
    ],
    items,
    clientProfileData: {
      id: 'clientProfileData',
      email: input.clientProfileData.email,
      firstName: input.clientProfileData.firstName ?? null,
      lastName: input.clientProfileData.lastName ?? null,
      phone: input.clientProfileData.phone ?? null,
      documentType: input.clientProfileData.documentType ?? null,
      document: input.clientProfileData.document ?? null,
      userProfileId: draft.userProfileId,
    },
    clientPreferencesData: {
      locale: input.clientPreferencesData?.locale ?? store.locale,
      optinNewsLetter: input.clientPreferencesData?.optinNewsLetter ?? false,
    },
    shippingData: { id: 'shippingData', address: address(input, store) },
    paymentData: { transactions: [transaction(input, store, value)] },
    packageAttachment: { packages: [] },
    sellers,
    storePreferencesData: {
      countryCode: store.countryCode,
      currencyCode: store.currencyCode,
      currencySymbol: store.currencySymbol,
      timeZone: store.timeZone,
    },
    openTextField: input.openTextField ?? null,
    marketplace: { name: input.marketplace?.name ?? store.name, baseURL: input.marketplace?.baseURL ?? null },
    callCenterOperatorData: input.callCenterOperatorData
      ? {
          id: 'CallCenterOperatorAttachment',
          email: input.callCenterOperatorData.email,
          userName: input.callCenterOperatorData.userName ?? null,
        }
      : null,
    customData: input.customData ?? null,
    changesAttachment: { id: 'changeAttachment', changesData: [] },
    refunds: [],
  };
}

function orderItem(item: PlaceOrderDto['items'][number], seller: string): OrderItem {
  return {
    uniqueId: uniqueId(),
    id: item.id,
    name: item.name,
    refId: item.refId ?? null,
    seller,
    quantity: item.quantity,
    price: item.price,
    sellingPrice: item.price,
    imageUrl: item.imageUrl ?? null,
  };
}

function address({ shippingData, clientProfileData }: PlaceOrderDto, store: Store): Address | null {
  const given = shippingData?.address;
  if (!given) return null;
  const fullName = [clientProfileData.firstName, clientProfileData.lastName].filter(Boolean).join(' ');
  return {
    addressType: 'residential',
    receiverName: given.receiverName ?? (fullName || null),
    street: given.street,
    number: given.number ?? null,
    complement: given.complement ?? null,
    neighborhood: given.neighborhood ?? null,
    city: given.city,
    state: given.state ?? null,
    postalCode: given.postalCode,
    country: given.country ?? store.countryCode,
  };
}

function transaction({ paymentData }: PlaceOrderDto, store: Store, value: number): Transaction {
  return {
    isActive: true,
    transactionId: uniqueId(),
    merchantName: store.name,
    payments: [
      {
        id: uniqueId(),
        paymentSystemName: paymentData?.paymentSystemName ?? 'Promissory',
        value,
        installments: paymentData?.installments ?? 1,
      },
    ],
  };
}

const uniqueId = (): string => randomUUID().replaceAll('-', '').toUpperCase();
