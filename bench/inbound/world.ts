/** As many people write at once, each to the store of an order of their own. */
export const SENDERS = 16;
export const TRACKER_DOMAIN = 'ct.example.com';
export const STORE = 'desk@shop.example';
export const orderIdOf = (n: number) => `order-${n}`;
export const customerOf = (n: number) => `customer-${n}@customer.example`;

/** Whoever connects from this machine may write for the customers: SPF proves them, as DMARC asks. */
const ZONE: Readonly<Record<string, string>> = {
  'customer.example': 'v=spf1 ip4:127.0.0.1 -all',
  '_dmarc.customer.example': 'v=DMARC1; p=reject',
};

/** The DNS of this suite. */
export const zone = {
  resolve: async (name: string, type: string): Promise<string[][]> => {
    const text = type === 'TXT' ? ZONE[name] : undefined;
    if (text === undefined) throw Object.assign(new Error('none'), { code: 'ENOTFOUND' });
    return [[text]];
  },
};

/** What would stop a load from one machine. */
export const noLimits = {
  messageBytes: 40 * 2 ** 20,
  connectionsPerMinute: 1e9,
  messagesPerMinute: 1e9,
  messagesPerAliasPerHour: 1e9,
  messagesPerStorePerHour: 1e9,
};
