import { logistics, payment, shippingAddress } from './sample-order-parts.js';

/** Of that many items an order in VTEX's shape weighs 16 KB. */
const ITEMS = 6;

export type SampleOrder = Record<string, unknown> & { orderId: string };

/**
 * An order in the shape of VTEX's order JSON, of 16 KB, with seven addresses of made-up people: four at role paths, two in
 * free text, and one percent-encoded in a URL. Read from text, as a driver or a client does it: strings put together by
 * templates are ropes, and take three times as long to write.
 */
export function sampleOrder(number: number): SampleOrder {
  return filled(number, []);
}

/** The same with at signs of no address in each item, as in the names of VTEX's price tags. */
export function orderOfFalseFriends(number: number): SampleOrder {
  const tag = (n: number) => ({ name: `discount@price-${n}`, value: -329, isPercentual: false, rawValue: -3.29 });
  return filled(number, [0, 1, 2, 3, 4].map(tag));
}

function filled(number: number, priceTags: object[]): SampleOrder {
  const items = Array.from({ length: ITEMS }, (_, index) => item(index, priceTags));
  const order = { ...sections(number), items };
  return JSON.parse(JSON.stringify(order)) as typeof order;
}

function sections(number: number): SampleOrder {
  const at = `${number}.example`;
  const orderId = `${1_000_000 + number}-01`;
  return {
    orderId,
    sequence: String(500_000 + number),
    marketplaceOrderId: orderId,
    marketplaceServicesEndpoint: 'https://oms.example/api/oms?an=north',
    sellerOrderId: `00-${orderId}`,
    origin: 'Marketplace',
    affiliateId: 'NTH',
    salesChannel: '1',
    merchantName: 'north',
    status: 'handling',
    workflowIsInError: false,
    statusDescription: 'Preparando entrega',
    value: 116_000 + number,
    creationDate: '2026-02-04T20:09:43.8999580+00:00',
    lastChange: '2026-02-06T20:46:11.7010747+00:00',
    orderGroup: null,
    followUpEmail: `help@shop${at}`,
    lastMessage: 'Your payment was approved',
    hostname: 'north',
    isCompleted: true,
    roundingError: 0,
    orderFormId: '5a9d1f0c-2f1a-4d7e-9a33-0c7a4c1e8b55',
    allowCancellation: true,
    allowEdition: false,
    isCheckedIn: false,
    authorizedDate: '2026-02-04T20:46:11.7010747+00:00',
    invoicedDate: null,
    cancelReason: null,
    totals: ['Items', 'Discounts', 'Shipping', 'Tax'].map((id) => ({ id, name: `Total: ${id}`, value: 99 })),
    sellers: [{ id: '1', name: 'North', logo: 'https://cdn.example/north.png', fulfillmentEndpoint: null }],
    clientPreferencesData: { locale: 'pt-BR', optinNewsLetter: true },
    changesAttachment: {
      id: 'changeAttachment',
      changesData: [
        {
          reason: 'The customer wants another size.',
          discountValue: 3290,
          incrementValue: 0,
          itemsAdded: [],
          itemsRemoved: [{ id: '17', name: 'Rain jacket M', quantity: 1, price: 3290, unitMultiplier: null }],
          receipt: { date: '2026-02-06T20:46:04.4003606+00:00', orderId: `v${orderId}`, receipt: 'c0a8-77d1' },
        },
      ],
    },
    callCenterOperatorData: { id: 'CallCenterOperatorAttachment', email: `dina@shop${at}`, userName: 'Dina Okoye' },
    openTextField: { value: `Por favor avise ines.prado@mail${at} e help@shop${at} antes da entrega.` },
    marketingData: {
      id: 'marketingData',
      utmSource: 'letter',
      utmMedium: 'mail',
      utmCampaign: `https://shop.example/?e=ines.prado%40mail${at}`,
      coupon: null,
      marketingTags: ['returning'],
    },
    clientProfileData: {
      id: `clientProfile_${number}`,
      email: `ines.prado@mail${at}`,
      firstName: 'Inês',
      lastName: 'Prado',
      documentType: 'cpf',
      document: '000.000.000-00',
      phone: '+550000000000',
      corporateName: null,
      tradeName: null,
      corporateDocument: null,
      stateInscription: null,
      corporatePhone: null,
      isCorporate: false,
      userProfileId: '0d5b1be1-1111-4b14-88a7-b03e9bfbdd20',
      customerClass: null,
      customerCode: null,
    },
    shippingData: {
      id: 'shippingData',
      address: shippingAddress(),
      logisticsInfo: [logistics(0), logistics(1)],
      selectedAddresses: [shippingAddress()],
      contactInformation: [
        { id: '0', email: `otto@gift${at}`, firstName: 'Otto', lastName: 'Reis', phone: null, documentType: null },
      ],
    },
    paymentData: { giftCards: [], transactions: [payment()] },
    storePreferencesData: {
      countryCode: 'BRA',
      currencyCode: 'BRL',
      currencyFormatInfo: { CurrencyDecimalDigits: 2, CurrencyDecimalSeparator: ',', CurrencyGroupSeparator: '.' },
      currencyLocale: 1046,
      currencySymbol: 'R$',
      timeZone: 'E. South America Standard Time',
    },
  };
}

function item(index: number, priceTags: object[]): object {
  return {
    uniqueId: `0F3C5B7A9D1E4F60A2B4C6D8E0F1A3${index.toString().padStart(2, '0')}`,
    id: String(18 + index),
    productId: String(6 + index),
    ean: '3256873',
    lockId: null,
    itemAttachment: { content: {}, name: null },
    attachments: [],
    quantity: 1,
    seller: '1',
    name: `Rain jacket L "edição ${index}"`,
    refId: `RAINL${index}`,
    price: 3290 + index,
    listPrice: 3490,
    manualPrice: null,
    priceTags,
    imageUrl: `https://cdn.example/ids/${155_392 + index}-55-55/rain-jacket.jpg?v=635918402228600000`,
    detailUrl: `/rain-jacket-l-${index}/p`,
    components: [],
    bundleItems: [],
    params: [],
    offerings: [],
    attachmentOfferings: [{ name: 'north.gift.card', required: false, schema: { text: { Domain: ['a', 'b'] } } }],
    sellerSku: String(18 + index),
    priceValidUntil: '2027-03-05T10:13:09.0000000+00:00',
    commission: 0,
    tax: 0,
    preSaleDate: null,
    additionalInfo: {
      brandName: 'North',
      brandId: '2000023',
      categoriesIds: '/9/',
      categories: [{ id: 9, name: 'Jackets' }],
      productClusterId: '135',
      dimension: { cubicweight: 0.7031, height: 15, length: 10, weight: 15, width: 15 },
      offeringInfo: null,
      offeringType: null,
      offeringTypeId: null,
    },
    measurementUnit: 'un',
    unitMultiplier: 1,
    sellingPrice: 3290 + index,
    isGift: false,
    shippingPrice: null,
    rewardValue: 0,
    freightCommission: 0,
    priceDefinition: { sellingPrices: [{ value: 3290, quantity: 1 }], calculatedSellingPrice: 3290, total: 3290 },
    taxCode: '',
    parentItemIndex: null,
    parentAssemblyBinding: null,
    callCenterOperator: null,
    serialNumbers: null,
    assemblies: [],
    costPrice: 1520,
  };
}
