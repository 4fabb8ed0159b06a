/** What an order takes over from the store it is placed in. */
export interface Store {
  id: string;
  name: string;
  /** The store's own address: `followUpEmail` of its orders. */
  email: string;
  hostname: string;
  /** ISO 3166-1 alpha-3, as VTEX writes it. */
  countryCode: string;
  /** ISO 4217. */
  currencyCode: string;
  currencySymbol: string;
  /** IANA zone. */
  timeZone: string;
  /** BCP 47. */
  locale: string;
}

/** The stores of this installation. A key, and so every request, belongs to exactly one of them. */
export const stores: readonly Store[] = [
  {
    id: 'shop',
    name: 'The Shop',
    email: 'orders@shop.example',
    hostname: 'shop',
    countryCode: 'USA',
    currencyCode: 'USD',
    currencySymbol: '$',
    timeZone: 'America/New_York',
    locale: 'en-US',
  },
  {
    id: 'outlet',
    name: 'The Outlet',
    email: 'pedidos@outlet.example',
    hostname: 'outlet',
    countryCode: 'ESP',
    currencyCode: 'EUR',
    currencySymbol: '€',
    timeZone: 'Europe/Madrid',
    locale: 'es-ES',
  },
];

export const storeIds: readonly string[] = stores.map((store) => store.id);

/** @throws when no store has that id; ids come from keys that were checked at boot. */
export function storeById(id: string): Store {
  const store = stores.find((candidate) => candidate.id === id);
  if (!store) throw new Error(`No store has the id ${id}. The stores are ${storeIds.join(', ')}.`);
  return store;
}
