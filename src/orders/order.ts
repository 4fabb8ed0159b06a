export const orderStatuses = ['payment-pending', 'ready-for-handling', 'handling', 'invoiced', 'canceled'] as const;

/** Where an order stands, in VTEX's words. */
export type OrderStatus = (typeof orderStatuses)[number];

/** An order as it leaves the OMS, in the shape of VTEX's Get Order. Money in cents, dates ISO 8601. */
export interface Order {
  orderId: string;
  sequence: string;
  marketplaceOrderId: string | null;
  sellerOrderId: string;
  origin: 'Marketplace' | 'Fulfillment';
  salesChannel: string;
  status: OrderStatus;
  statusDescription: string;
  value: number;
  creationDate: string;
  lastChange: string;
  authorizedDate: string | null;
  invoicedDate: string | null;
  orderGroup: string;
  /** The store's own address. */
  followUpEmail: string;
  hostname: string;
  isCompleted: boolean;
  allowCancellation: boolean;
  cancelReason: string | null;
  cancellationData: CancellationData | null;
  totals: Total[];
  items: OrderItem[];
  clientProfileData: ClientProfile;
  clientPreferencesData: { locale: string; optinNewsLetter: boolean };
  shippingData: { id: 'shippingData'; address: Address | null };
  paymentData: { transactions: Transaction[] };
  packageAttachment: { packages: Package[] };
  sellers: Seller[];
  storePreferencesData: StorePreferences;
  openTextField: { value: string } | null;
  marketplace: { name: string; baseURL: string | null };
  callCenterOperatorData: { id: 'CallCenterOperatorAttachment'; email: string; userName: string | null } | null;
  customData: object | null;
  changesAttachment: { id: 'changeAttachment'; changesData: { reason: string; date: string }[] };
  refunds: Refund[];
}

export interface Total {
  id: 'Items' | 'Discounts' | 'Shipping' | 'Tax';
  name: string;
  value: number;
}

export interface OrderItem {
  uniqueId: string;
  id: string;
  name: string;
  refId: string | null;
  seller: string;
  quantity: number;
  price: number;
  sellingPrice: number;
  imageUrl: string | null;
}

export interface ClientProfile {
  id: 'clientProfileData';
  /** As the marketplace sent it, which may be no working address. */
  email: string;
  firstName: string | null;
  lastName: string | null;
  phone: string | null;
  documentType: string | null;
  document: string | null;
  /** The customer's id in Master Data. */
  userProfileId: string;
}

export interface Address {
  addressType: 'residential';
  receiverName: string | null;
  street: string;
  number: string | null;
  complement: string | null;
  neighborhood: string | null;
  city: string;
  state: string | null;
  postalCode: string;
  country: string;
}

export interface Transaction {
  isActive: boolean;
  transactionId: string;
  merchantName: string;
  payments: { id: string; paymentSystemName: string; value: number; installments: number }[];
}

export interface Package {
  invoiceNumber: string;
  invoiceValue: number;
  issuanceDate: string;
  courier: string | null;
  trackingNumber: string | null;
  trackingUrl: string | null;
  type: 'Output';
  courierStatus: { finished: boolean; deliveredDate: string | null; data: CourierNote[] };
}

export interface CourierNote {
  description: string;
  city: string | null;
  state: string | null;
  lastChange: string;
}

export interface Seller {
  id: string;
  name: string;
  email?: string;
}

export interface StorePreferences {
  countryCode: string;
  currencyCode: string;
  currencySymbol: string;
  timeZone: string;
}

export interface CancellationData {
  RequestedByUser: boolean;
  RequestedByPaymentNotification: boolean;
  Reason: string;
  CancellationDate: string;
}

export interface Refund {
  id: string;
  value: number;
  reason: string | null;
  date: string;
}
