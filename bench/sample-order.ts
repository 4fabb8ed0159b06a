/** Roughly what an order with a dozen items weighs in VTEX's order JSON. */
const ORDER_BYTES = 16_384;

/**
 * An order in VTEX's shape of 16 KB with seven addresses of made-up people, four at role paths and three elsewhere, and an
 * at sign that belongs to none in each item. Read from text, as a driver or a client does it: strings put together by
 * templates are ropes, and take three times as long to write.
 */
export function sampleOrder(number: number): Record<string, unknown> & { orderId: string } {
  const at = `${number}.example`;
  const items: object[] = [];
  const order = {
    orderId: `${1_000_000 + number}-01`,
    status: 'handling',
    statusDescription: 'Preparando Entrega',
    value: 116_000 + number,
    creationDate: '2026-02-04T20:09:43.899958+00:00',
    followUpEmail: `help@shop${at}`,
    sellers: [{ id: '1', name: 'North', logo: 'https://cdn.example/retina@2x.png', email: `north@seller${at}` }],
    callCenterOperatorData: { id: 'operator', email: `sandra@shop${at}`, userName: 'Sandra Daves' },
    openTextField: { value: `Por favor avise juan.valdez@mail${at} e help@shop${at} antes da entrega.` },
    marketingData: { utmSource: 'fb', utmCampaign: `https://shop.example/?e=juan.valdez%40mail${at}` },
    clientProfileData: {
      email: `juan.valdez@mail${at}`,
      firstName: 'Juan',
      lastName: 'Valdez',
      document: '845.134.270-19',
      isCorporate: false,
    },
    shippingData: {
      address: { receiverName: 'Juan Valdez', city: 'São Paulo', street: 'Avenida Lúcio Costa', geo: [-43.33, -23.01] },
    },
    items,
  };
  while (JSON.stringify(order).length < ORDER_BYTES) items.push(item(items.length));
  return JSON.parse(JSON.stringify(order)) as typeof order;
}

function item(index: number): object {
  return {
    uniqueId: `94913BB553334977BFD669A24E678C${index.toString().padStart(2, '0')}`,
    id: String(18 + index),
    ean: '3256873',
    quantity: 1,
    name: `Bay Max L "edição ${index}"`,
    price: 3290 + index,
    listPrice: 3290,
    imageUrl: `https://cdn.example/ids/${155_392 + index}/bay-max.jpg?v=635918402228600000`,
    detailUrl: '/bay-max-l-429429/p',
    components: [],
    priceTags: [{ name: 'discount@price', value: -329, isPercentual: false, rawValue: -3.29 }],
    additionalInfo: { brandName: 'VTEX', brandId: '2000023', categoriesIds: '/1/', dimension: { cubicweight: 0.7031 } },
  };
}
