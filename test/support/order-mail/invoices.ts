import { noise, pdf, png, signedInvoice } from './documents.js';
import { alternative, attachment, leaf, lines, mixed, multipart } from './mime.js';
import { orderMail, type OrderMail, people, signature } from './order-mail.js';

const UTF8 = 'text/plain; charset=utf-8';
const HTML = 'text/html; charset=utf-8';

/** Invoices and other papers, which have to arrive octet by octet. */
export const invoices: OrderMail[] = [
  orderMail(
    {
      kind: 'the ERP’s invoice: signed XML that names the customer, and its PDF',
      from: 'erp',
      to: 'customer',
      shows: ['NF-e 24382', '<SignatureValue>', 'DANFE-24382.pdf'],
    },
    (writer) => ({
      subject: 'NF-e 24382 – THE SHOP LTDA',
      more: ['Auto-Submitted: auto-generated', 'X-Mailer: ERP 12.1'],
      body: mixed(
        leaf(UTF8, lines('Segue a NF-e 24382.', ...signature(writer)), 'quoted-printable'),
        attachment(
          'application/xml',
          '35260912345678000195550010000243821000243820-procNFe.xml',
          signedInvoice(people.customer),
        ),
        attachment('application/pdf', 'DANFE-24382.pdf', pdf('DANFE 24382')),
      ),
    }),
  ),
  orderMail(
    { kind: 'a PDF invoice', from: 'store', to: 'customer', shows: ['Your invoice is attached.', 'invoice-1001.pdf'] },
    (writer) => ({
      subject: 'Invoice 1001',
      body: mixed(
        leaf(UTF8, lines('Your invoice is attached.', ...signature(writer))),
        attachment('application/pdf', 'invoice-1001.pdf', pdf('Invoice 1001, 12.90 EUR')),
      ),
    }),
  ),
  orderMail(
    {
      kind: 'a UBL invoice as text/xml',
      from: 'store',
      to: 'customer',
      shows: ['UBL-1001.xml', '<cbc:ID>1001</cbc:ID>'],
    },
    ({ address }) => ({
      subject: 'e-invoice',
      body: mixed(
        leaf(HTML, lines(`<p>As the law asks. <a href="mailto:${address}">${address}</a></p>`)),
        attachment(
          'text/xml; charset=utf-8',
          'UBL-1001.xml',
          '<?xml version="1.0"?><Invoice xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"><cbc:ID>1001</cbc:ID></Invoice>',
        ),
      ),
    }),
  ),
  orderMail(
    { kind: 'the ERP’s plain notice', from: 'erp', to: 'customer', shows: ['Item 18 is on back order'] },
    ({ address }) => ({
      subject: '[ERP] back order',
      more: ['Auto-Submitted: auto-generated', 'Precedence: normal'],
      body: leaf(
        'text/plain; charset=us-ascii',
        lines('Item 18 is on back order.', `Do not answer to ${address}.`),
        '7bit',
      ),
    }),
  ),
  orderMail(
    {
      kind: 'several files at once',
      from: 'store',
      to: 'customer',
      shows: ['terms.pdf', 'parts.csv', 'label.zip', 'manual.docx'],
    },
    (writer) => ({
      subject: 'Papers',
      body: mixed(
        leaf(UTF8, lines('Four papers.', ...signature(writer))),
        attachment('application/pdf', 'terms.pdf', pdf('Terms')),
        attachment('text/csv; charset=utf-8', 'parts.csv', 'sku;name\r\n18;Café\r\n'),
        attachment('application/zip', 'label.zip', noise(5_000)),
        attachment(
          'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
          'manual.docx',
          noise(9_000),
        ),
      ),
    }),
  ),
  orderMail(
    { kind: 'a file of 2 MB', from: 'customer', to: 'store', shows: ['The box was open', 'video.mp4'] },
    (writer) => ({
      subject: 'Damage',
      body: mixed(
        leaf(UTF8, lines('The box was open.', ...signature(writer))),
        attachment('video/mp4', 'video.mp4', noise(2 * 1024 * 1024)),
      ),
    }),
  ),
  orderMail(
    {
      kind: 'file names in RFC 2231, RFC 2047 and in pieces',
      from: 'store',
      to: 'customer',
      shows: ['factura año 2026.pdf', 'señal.png', 'a-very-long-name-in-two-pieces.pdf'],
    },
    (writer) => ({
      subject: 'Names',
      body: mixed(
        leaf(UTF8, lines('Three names.', ...signature(writer))),
        leaf(
          'application/pdf',
          pdf('Año'),
          'base64',
          "Content-Disposition: attachment;\r\n filename*=UTF-8''factura%20a%C3%B1o%202026.pdf",
        ),
        leaf(
          `image/png;\r\n name="=?UTF-8?Q?se=C3=B1al.png?="`,
          png,
          'base64',
          'Content-Disposition: attachment;\r\n filename="=?UTF-8?Q?se=C3=B1al.png?="',
        ),
        leaf(
          'application/pdf',
          pdf('Pieces'),
          'base64',
          'Content-Disposition: attachment;\r\n filename*0="a-very-long-name-";\r\n filename*1="in-two-pieces.pdf"',
        ),
      ),
    }),
  ),
  orderMail(
    { kind: 'a payment service’s receipt', from: 'bank', to: 'customer', shows: ['You paid 17.90 EUR', 'receipt.pdf'] },
    ({ address }) => ({
      subject: 'Receipt',
      more: ['Auto-Submitted: auto-generated', 'X-Entity-Ref-ID: 7f3a'],
      body: mixed(
        alternative(
          leaf(UTF8, lines('You paid 17.90 EUR.', `Questions: ${address}`)),
          leaf(
            HTML,
            lines('<table role="presentation"><tr><td>You paid 17.90 EUR.</td></tr></table>', `<p>${address}</p>`),
          ),
        ),
        attachment('application/pdf', 'receipt.pdf', pdf('Receipt')),
      ),
    }),
  ),
  orderMail(
    { kind: 'a signed letter with its scan below it', from: 'store', to: 'customer', shows: ['As agreed', 'scan.png'] },
    (writer) => ({
      subject: 'Scan',
      body: mixed(
        leaf(UTF8, lines('As agreed.')),
        leaf('image/png; name=scan.png', png, 'base64', 'Content-Disposition: inline; filename=scan.png'),
        leaf(UTF8, lines(...signature(writer)), '8bit', 'Content-Disposition: inline'),
      ),
    }),
  ),
  orderMail(
    { kind: 'a page with its pictures in it', from: 'store', to: 'customer', shows: ['Your parcel', 'cid:logo@shop'] },
    ({ address }) => ({
      subject: 'Pictures',
      body: multipart(
        'related',
        [
          leaf(
            HTML,
            lines('<p><img src="cid:logo@shop" alt=""> Your parcel <img src="cid:dot@shop"></p>', `<i>${address}</i>`),
            'quoted-printable',
          ),
          leaf(
            'image/png',
            png,
            'base64',
            'Content-ID: <logo@shop>',
            'Content-Disposition: inline; filename="logo.png"',
          ),
          leaf('image/png', png, 'base64', 'Content-ID: <dot@shop>', 'Content-Disposition: inline'),
        ],
        '; type="text/html"',
      ),
    }),
  ),
];
