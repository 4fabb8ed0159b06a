import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CertificateRenewal } from './certificate-renewal.js';
import { keptCertificate } from './kept-certificate.js';
import { selfSignedCertificate } from './self-signed-certificate.js';

const name = 'mx.ct.example.com';
const DAY_MS = 86_400_000;
const may = Date.parse('2026-05-01T00:00:00Z');

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ct-tls-'));
  path = join(directory, 'data', 'smtp-tls.pem');
});

afterEach(() => rm(directory, { recursive: true }));

describe('a self-signed certificate', () => {
  it('is one that TLS clients verify, who know it and ask for its name', async () => {
    const made = await selfSignedCertificate(name, Date.now());
    const server = createServer(made, (socket) => socket.end('hello')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const talk = (servername: string) =>
      new Promise<TLSSocket>((resolve, reject) => {
        const socket = connect({ host: '127.0.0.1', port, ca: made.cert, servername });
        socket.once('secureConnect', () => resolve(socket)).once('error', reject);
      });
    const socket = await talk(name);
    expect(socket.authorized).toBe(true);
    socket.destroy();
    await expect(talk('mx.evil.example')).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    server.close();
  });

  it('says for which name, from when and until when it is, under a number of its own', async () => {
    const [one, two] = [await selfSignedCertificate(name, may), await selfSignedCertificate(name, may)];
    const certificate = new X509Certificate(one.cert);
    expect(certificate.subject).toBe(`CN=${name}`);
    expect(certificate.issuer).toBe(certificate.subject);
    expect(certificate.subjectAltName).toBe(`DNS:${name}`);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(
      [certificate.validFrom, certificate.validTo].map((text) => new Date(text).toISOString().slice(0, 10)),
    ).toEqual(['2026-04-30', '2027-06-02']);
    expect(certificate.serialNumber).not.toBe(new X509Certificate(two.cert).serialNumber);
    expect(one.key).not.toBe(two.key);
  });

  it.each([
    ['the longest name', `${`${'x'.repeat(60)}.`.repeat(4)}example`, may],
    ['a time beyond 2049', name, Date.parse('2049-12-01T00:00:00Z')],
  ])('is readable with %s', async (_what, host, now) => {
    const certificate = new X509Certificate((await selfSignedCertificate(host, now)).cert);
    expect(certificate.checkHost(host)).toBe(host);
    expect(Date.parse(certificate.validTo)).toBe(now + 397 * DAY_MS);
  });
});

describe('the certificate that is kept', () => {
  it('is the same after a restart, and only its owner reads it', async () => {
    const first = await keptCertificate(path, name, may);
    expect(await keptCertificate(path, name, may + 300 * DAY_MS)).toEqual(first);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('is another one a month before it ends, under another name, and where the file is broken', async () => {
    const first = await keptCertificate(path, name, may);
    const second = await keptCertificate(path, name, may + 370 * DAY_MS);
    expect(second.cert).not.toBe(first.cert);
    const third = await keptCertificate(path, 'mx2.ct.example.com', may + 370 * DAY_MS);
    expect(new X509Certificate(third.cert).checkHost('mx2.ct.example.com')).toBeDefined();
    await writeFile(path, (await readFile(path, 'utf8')).slice(0, 400));
    const { cert } = await keptCertificate(path, name, may);
    expect(new X509Certificate(cert).checkHost(name)).toBe(name);
  });

  it('is shown by a server that runs on, and a day on which it cannot be made does no harm', async () => {
    const shown: string[] = [];
    let days = 0;
    const renewal = new CertificateRenewal(
      async () => {
        days += 1;
        if (days === 1) throw new Error('full');
        return { key: 'k', cert: `c${days}` };
      },
      { renew: ({ cert }) => void shown.push(cert) },
      5,
    );
    renewal.start();
    while (shown.length < 2) await wait(5);
    renewal.stop();
    expect(shown.slice(0, 2)).toEqual(['c2', 'c3']);
  });
});
