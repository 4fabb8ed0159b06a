import { detachedSignature, png } from './documents.js';
import { alternative, attachment, type Entity, leaf, lines, mixed, multipart, write } from './mime.js';
import { orderMail, type OrderMail, signature } from './order-mail.js';

const UTF8 = 'text/plain; charset=utf-8';
const HTML = 'text/html; charset=utf-8';

const vcard = (address: string): string =>
  lines(
    'BEGIN:VCARD',
    'VERSION:3.0',
    'N:Shop;The;;;',
    'FN:The Shop',
    `EMAIL;TYPE=INTERNET,WORK:${address}`,
    `NOTE:Write to ${address.slice(0, 5)}`,
    ` ${address.slice(5)}\\, any day.`,
    'TEL;TYPE=WORK:+1 202 555 0100',
    'END:VCARD',
  );

const nested = (headers: readonly string[], body: Entity, ...more: string[]): Entity => ({
  headers: ['Content-Type: message/rfc822', ...more],
  body: Buffer.concat([Buffer.from(lines(...headers)), write(body)]),
});

/** What mail programs on desks make of a mail: their own HTML, signatures, cards, forwarded mails. */
export const desktopMail: OrderMail[] = [
  orderMail(
    {
      kind: 'Outlook’s HTML, with conditional comments and a picture in the signature',
      from: 'store',
      to: 'customer',
      shows: ['We ship on Friday.', '<!--[if gte mso 9]>', 'cid:image001.png@01DAF0C2.3B1A9E40'],
    },
    ({ address }) => ({
      subject: 'RE: Shipping',
      more: [
        'Thread-Topic: Shipping',
        'Thread-Index: AdrwwjsankXKx1VTRMq8pYk0cC5zSg==',
        'x-ms-has-attach: yes',
        `X-MS-Exchange-Organization-AuthSource: EX01.shop.example`,
      ],
      body: multipart(
        'related',
        [
          alternative(
            leaf(
              'text/plain; charset="Windows-1252"',
              lines('We ship on Friday.', '', `From: The Shop <${address}>`),
              'quoted-printable',
            ),
            leaf(
              'text/html; charset="Windows-1252"',
              lines(
                '<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"><head>',
                '<!--[if gte mso 9]><xml><o:OfficeDocumentSettings><o:AllowPNG/></o:OfficeDocumentSettings></xml><![endif]-->',
                '<style><!-- p.MsoNormal {margin:0cm; font-family:"Calibri",sans-serif} --></style></head>',
                '<body lang="EN-GB"><div class="WordSection1"><p class="MsoNormal">We ship on Friday.<o:p></o:p></p>',
                `<p class="MsoNormal"><a href="mailto:${address}"><span style="color:#0563C1">${address}</span></a><o:p></o:p></p>`,
                '<!--[if gte vml 1]><v:shape style="width:10pt"><v:imagedata src="cid:image001.png@01DAF0C2.3B1A9E40"/></v:shape><![endif]-->',
                '<![if !vml]><img width="10" src="cid:image001.png@01DAF0C2.3B1A9E40"><![endif]></div></body></html>',
              ),
              'quoted-printable',
            ),
          ),
          leaf(
            'image/png; name="image001.png"',
            png,
            'base64',
            'Content-Description: image001.png',
            'Content-Disposition: inline; filename="image001.png"; size=85;\r\n\tcreation-date="Mon, 07 Sep 2026 08:00:00 GMT"',
            'Content-ID: <image001.png@01DAF0C2.3B1A9E40>',
          ),
        ],
        '; type="multipart/alternative"',
      ),
    }),
  ),
  orderMail(
    {
      kind: 'Apple Mail’s text with photos between paragraphs',
      from: 'customer',
      to: 'store',
      shows: ['It came broken', 'IMG_0042.png'],
    },
    ({ address }) => ({
      subject: 'Broken',
      more: ['X-Mailer: Apple Mail (2.3774.600.62)', 'Mime-Version: 1.0 (Mac OS X Mail 16.0)'].slice(0, 1),
      body: alternative(
        leaf('text/plain;\r\n\tcharset=utf-8', lines('It came broken:', '', '', `Ana ${address}`), 'quoted-printable'),
        multipart('mixed', [
          leaf(
            'text/html;\r\n\tcharset=utf-8',
            lines('<html><body style="overflow-wrap: break-word;">It came broken:<br></body></html>'),
          ),
          leaf(
            'image/png;\r\n\tname=IMG_0042.png;\r\n\tx-unix-mode=0644',
            png,
            'base64',
            'Content-Disposition: inline;\r\n\tfilename=IMG_0042.png',
          ),
          leaf('text/html;\r\n\tcharset=us-ascii', lines(`<html><body><br>Ana ${address}</body></html>`), '7bit'),
        ]),
      ),
    }),
  ),
  orderMail(
    { kind: 'a business card', from: 'store', to: 'customer', shows: ['My card', 'FN:The Shop'] },
    (writer) => ({
      subject: 'Card',
      body: mixed(
        leaf(UTF8, lines('My card.', ...signature(writer))),
        attachment('text/vcard; charset=utf-8', 'shop.vcf', vcard(writer.address)),
      ),
    }),
  ),
  orderMail(
    {
      kind: 'a mail forwarded as an attachment',
      from: 'store',
      to: 'customer',
      shows: ['See below', 'The box is wet'],
    },
    ({ address }, to) => ({
      subject: 'Fwd: Wet',
      body: mixed(
        leaf(UTF8, lines('See below.')),
        nested(
          [
            'Received: from mail.warehouse.example (203.0.113.9) by mx.shop.example',
            'From: Warehouse <hall4@warehouse.example>',
            `To: The Shop <${address}>`,
            `Cc: <${to}>`,
            'Subject: Wet',
            'Date: Mon, 07 Sep 2026 08:00:00 +0000',
            'Message-ID: <wet@warehouse.example>',
            'MIME-Version: 1.0',
          ],
          alternative(
            leaf(UTF8, lines('The box is wet.', `To ${address}`), 'base64'),
            leaf(HTML, lines(`<p>The box is wet.</p><p>To ${address}</p>`), 'quoted-printable'),
          ),
          'Content-Disposition: attachment; filename="Wet.eml"',
        ),
      ),
    }),
  ),
  orderMail(
    {
      kind: 'a mail forwarded in the text',
      from: 'customer',
      to: 'store',
      shows: ['---------- Forwarded message ---------', 'No signal'],
    },
    ({ address }, to) => ({
      subject: 'Fwd: Driver',
      body: leaf(
        UTF8,
        lines(
          'What now?',
          '',
          '---------- Forwarded message ---------',
          'De: Driver <driver@van.example>',
          'Date: lun, 7 sept 2026 a las 9:00',
          'Subject: Driver',
          `To: Ana Pérez <${address}>, <${to}>`,
          '',
          'No signal at the door.',
        ),
      ),
    }),
  ),
  orderMail({ kind: 'S/MIME, signed', from: 'store', to: 'customer', shows: ['Signed by our office'] }, (writer) => ({
    subject: 'Signed',
    body: multipart(
      'signed',
      [
        alternative(
          leaf(UTF8, lines('Signed by our office.', ...signature(writer)), 'quoted-printable'),
          leaf(HTML, lines(`<p>Signed by our office.</p><p>${writer.address}</p>`), 'quoted-printable'),
        ),
        leaf(
          'application/pkcs7-signature; name="smime.p7s"',
          detachedSignature(writer.address),
          'base64',
          'Content-Disposition: attachment; filename="smime.p7s"',
        ),
      ],
      '; protocol="application/pkcs7-signature"; micalg=sha-256',
    ),
  })),
  orderMail(
    { kind: 'PGP/MIME, signed, with the key', from: 'customer', to: 'store', shows: ['Signed by hand'] },
    (writer) => ({
      subject: 'Signed too',
      body: multipart(
        'signed',
        [
          mixed(
            leaf(UTF8, lines('Signed by hand.', ...signature(writer)), 'quoted-printable'),
            attachment(
              'application/pgp-keys',
              'OpenPGP_0x1.asc',
              lines(
                '-----BEGIN PGP PUBLIC KEY BLOCK-----',
                '',
                `Comment: ${writer.address}`,
                '-----END PGP PUBLIC KEY BLOCK-----',
              ),
            ),
          ),
          leaf(
            'application/pgp-signature; name="signature.asc"',
            lines('-----BEGIN PGP SIGNATURE-----', '', 'iQ==', '-----END PGP SIGNATURE-----'),
            '7bit',
          ),
        ],
        '; micalg=pgp-sha256; protocol="application/pgp-signature"',
      ),
    }),
  ),
];
