import { createHash, createSign, generateKeyPairSync } from 'node:crypto';
import { deflateSync } from 'node:zlib';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/**
 * An electronic invoice in the shape of Brazil's NF-e, with an enveloped signature (XML Signature, rsa-sha256): one octet
 * changed, and the tax office refuses it. It names the customer, as such invoices do.
 */
export function signedInvoice(customer: { name: string; address: string }): string {
  const key = '35260912345678000195550010000243821000243820';
  const invoice = [
    `<infNFe xmlns="http://www.portalfiscal.inf.br/nfe" Id="NFe${key}" versao="4.00">`,
    '<ide><natOp>Venda de mercadoria</natOp><nNF>24382</nNF><dhEmi>2026-09-07T10:00:00-03:00</dhEmi></ide>',
    '<emit><CNPJ>12345678000195</CNPJ><xNome>THE SHOP LTDA</xNome></emit>',
    `<dest><CPF>12345678909</CPF><xNome>${customer.name}</xNome><email>${customer.address}</email></dest>`,
    '<det nItem="1"><prod><cProd>18</cProd><xProd>Café 500 g</xProd><vProd>12.90</vProd></prod></det>',
    '</infNFe>',
  ].join('');
  const digest = createHash('sha256').update(invoice).digest('base64');
  const signedInfo = [
    '<SignedInfo xmlns="http://www.w3.org/2000/09/xmldsig#">',
    '<CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"></CanonicalizationMethod>',
    '<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></SignatureMethod>',
    `<Reference URI="#NFe${key}"><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></DigestMethod>`,
    `<DigestValue>${digest}</DigestValue></Reference></SignedInfo>`,
  ].join('');
  const value = createSign('sha256').update(signedInfo).sign(privateKey, 'base64');
  return `<?xml version="1.0" encoding="UTF-8"?><nfeProc versao="4.00"><NFe>${invoice}<Signature>${signedInfo}<SignatureValue>${value}</SignatureValue></Signature></NFe></nfeProc>`;
}

/** One page, its content compressed as PDF writers do. */
export function pdf(text: string): Buffer {
  const content = deflateSync(Buffer.from(`BT /F1 12 Tf 72 720 Td (${text}) Tj ET`));
  const objects = [
    Buffer.from('<< /Type /Catalog /Pages 2 0 R >>'),
    Buffer.from('<< /Type /Pages /Kids [3 0 R] /Count 1 >>'),
    Buffer.from(
      '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    ),
    Buffer.concat([
      Buffer.from(`<< /Length ${content.length} /Filter /FlateDecode >>\nstream\n`),
      content,
      Buffer.from('\nendstream'),
    ]),
    Buffer.from('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'),
  ];
  let file = Buffer.from('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n', 'latin1');
  const offsets = objects.map((object, i) => {
    const offset = file.length;
    file = Buffer.concat([file, Buffer.from(`${i + 1} 0 obj\n`), object, Buffer.from('\nendobj\n')]);
    return offset;
  });
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const trailer = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
  return Buffer.concat([file, Buffer.from(trailer)]);
}

/** A picture of one dot. */
export const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** Octets that no text is read from, the same each time. */
export function noise(length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, n) => createHash('sha256').update(`${n}`).digest());
  return Buffer.concat(blocks).subarray(0, length);
}

/** A detached CMS signature is DER that ends on the signer's certificate; of it only the name matters here. */
export const detachedSignature = (signer: string): Buffer =>
  Buffer.concat([Buffer.from([0x30, 0x82, 0x05, 0x00]), noise(600), Buffer.from(`emailAddress=${signer}`)]);
