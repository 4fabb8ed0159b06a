/** Orders that a demo places, with the address in more places than a list of fields would name. */
export const demoOrders = [
  sampleOrder('shop', 'Juan', 'Valdez', 'juan.valdez@mail.example'),
  sampleOrder('outlet', 'Ana', 'Pérez', 'ana.perez@post.example'),
];

function sampleOrder(storeId: string, firstName: string, lastName: string, email: string) {
  return {
    storeId,
    email,
    input: {
      items: [
        { id: '18', name: 'Coffee, 500 g', quantity: 2, price: 1290 },
        { id: '19', name: 'Filter papers', quantity: 1, price: 250 },
      ],
      clientProfileData: { email, firstName, lastName, phone: '+12025550123' },
      shippingData: {
        price: 500,
        address: { street: 'Main Street', number: '7', city: 'Albany', postalCode: '12201' },
      },
      paymentData: { paymentSystemName: 'Visa' },
      openTextField: { value: `Ring twice, or write to ${email}` },
    },
  };
}

/** The five steps, each as another system says it. */
export const fiveSteps: { method: string; path: string; body?: object }[] = [
  { method: 'POST', path: 'payment-approved' },
  { method: 'POST', path: 'start-handling' },
  { method: 'POST', path: 'invoice', body: { invoiceNumber: '24382', invoiceValue: 3330 } },
  {
    method: 'PATCH',
    path: 'invoice/24382/tracking',
    body: { courier: 'Fast Parcels', trackingNumber: 'TRK-1', trackingUrl: 'https://parcels.example/TRK-1' },
  },
  { method: 'POST', path: 'delivered', body: {} },
];
