import type { PlaceOrderDto } from '../orders/dto/place-order.dto.js';

/** Orders to look at, by store. All of them wait for their payment, so that nobody gets a mail before somebody asks for it. */
export const seedOrders: Readonly<Record<string, readonly PlaceOrderDto[]>> = {
  shop: [
    {
      items: [
        { id: '18', name: 'Coffee, 500 g', refId: 'COF-500', quantity: 2, price: 1290 },
        { id: '19', name: 'Filter papers, 100', refId: 'FIL-100', quantity: 1, price: 250 },
      ],
      clientProfileData: {
        email: 'juan.valdez@customer.example',
        firstName: 'Juan',
        lastName: 'Valdez',
        phone: '+12025550123',
      },
      shippingData: {
        price: 500,
        address: { street: 'Main Street', number: '7', city: 'Albany', state: 'NY', postalCode: '12201' },
      },
      paymentData: { paymentSystemName: 'Visa' },
      openTextField: { value: 'If I am out, write to my neighbour: rosa.diaz@neighbour.example' },
    },
    {
      items: [{ id: '31', name: 'Hand grinder', refId: 'GRI-1', quantity: 1, price: 4900 }],
      clientProfileData: { email: 'Mary.Hopper@customer.example', firstName: 'Mary', lastName: 'Hopper' },
      sellers: [{ id: 'roasters', name: 'Roasters', email: 'sales@roasters.example' }],
      callCenterOperatorData: { email: 'sam@shop.example', userName: 'Sam' },
      paymentData: { paymentSystemName: 'Mastercard', installments: 3 },
    },
    {
      // Such addresses do come from marketplaces.
      items: [{ id: '18', name: 'Coffee, 500 g', refId: 'COF-500', quantity: 1, price: 1290 }],
      clientProfileData: { email: 'nobody@', firstName: 'Ann', lastName: 'Onymous' },
      marketplace: { name: 'Bazaar' },
      marketplaceOrderId: 'BZ-100200',
    },
  ],
  outlet: [
    {
      items: [{ id: '77', name: 'Taza de loza', refId: 'TAZ-1', quantity: 4, price: 650 }],
      clientProfileData: { email: 'lucia.ortega@customer.example', firstName: 'Lucía', lastName: 'Ortega' },
      shippingData: {
        price: 390,
        address: { street: 'Calle Mayor', number: '12', city: 'Madrid', postalCode: '28013' },
      },
      paymentData: { paymentSystemName: 'Bizum' },
    },
    {
      // The same person also buys in the other store.
      items: [{ id: '78', name: 'Plato hondo', refId: 'PLA-1', quantity: 6, price: 720 }],
      clientProfileData: { email: 'juan.valdez@customer.example', firstName: 'Juan', lastName: 'Valdez' },
      clientPreferencesData: { locale: 'en-US' },
    },
  ],
};
