import { rm, stat, writeFile } from 'node:fs/promises';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/create-app.js';
import { listen } from '../../src/listen.js';
import { OmsConfig } from '../../src/config/oms-config.js';
import { scratchEnvironment, TestOms } from '../support/oms.js';

describe('who may do what in the reference OMS', () => {
  let oms: TestOms;

  beforeAll(async () => {
    oms = await TestOms.start();
  });
  afterAll(() => oms.stop());

  it('asks for a key and takes it in either header', async () => {
    const { headers, body } = await oms.anyone().get('/api/oms/pvt/orders').expect(401);
    expect(headers['www-authenticate']).toBe('Bearer realm="oms"');
    expect(body).toMatchObject({ type: 'https://oms.example/problems/unauthenticated', status: 401 });
    await oms.anyone().get('/api/oms/pvt/orders').set('X-Api-Key', 'not-a-key').expect(401);
    await oms
      .anyone()
      .get('/api/oms/pvt/orders')
      .set('Authorization', `Bearer ${oms.key('staff')}`)
      .expect(200);
  });

  it('keeps the development keys in a file that only its owner can read', async () => {
    const { mode } = await stat(oms.app.get(OmsConfig).developmentKeysFile);
    expect(mode & 0o777).toBe(0o600);
    expect(oms.keys.map(({ storeId, role }) => `${storeId} ${role}`)).toHaveLength(6);
  });

  it('shows its routes on the OpenAPI page to anyone', async () => {
    await oms
      .anyone()
      .get('/api')
      .expect(200, /swagger-ui/);
    const { body } = await oms.anyone().get('/api-json').expect(200);
    expect(Object.keys(body.paths)).toContain('/api/oms/pvt/orders/{orderId}/payment-approved');
    expect(body.components.schemas.PlaceOrderDto.required).toEqual(['items', 'clientProfileData']);
  });

  it('shows a customer’s real address to the owner alone, for a reason, and puts it on record', async () => {
    const order = await oms.placeOrder();
    const path = `/api/dataentities/CL/customers/${order.clientProfileData.userProfileId}`;
    await oms.as('integrator').get(path).set('X-Reason', 'Curious').expect(403);
    await oms.as('staff').get(path).set('X-Reason', 'Curious').expect(403);
    await oms
      .as('owner')
      .get(path)
      .expect(422, /"field":"X-Reason"/);
    await oms.as('owner').get(path).set('X-Reason', 'why').expect(422);
    const { body } = await oms.as('owner').get(path).set('X-Reason', 'The carrier asks for it').expect(200);
    expect(body).toMatchObject({ email: 'juan@customer.example', firstName: 'Juan' });

    const audit = await oms.as('owner').get('/api/dataentities/CL/audit').expect(200);
    expect(audit.body).toMatchObject([
      { principalId: 'dev-shop-owner', customerId: body.id, reason: 'The carrier asks for it' },
    ]);
    await oms.as('staff').get('/api/dataentities/CL/audit').expect(403);
  });

  it('puts each customer of a list on record, and none of another store', async () => {
    const order = await oms.placeOrder({ clientProfileData: { email: 'ana@customer.example' } }, 'outlet');
    const customers = (role: 'owner', storeId: string, id = '') =>
      oms
        .as(role, storeId)
        .get(`/api/dataentities/CL/customers${id && `/${id}`}`)
        .query({ reason: 'Revisión anual' });
    const { body } = await customers('owner', 'outlet').expect(200);
    const audit = await oms
      .as('owner', 'outlet')
      .get('/api/dataentities/CL/audit')
      .query({ per_page: 100 })
      .expect(200);
    expect(audit.body).toHaveLength(body.length);
    expect(audit.body[0].reason).toBe('Revisión anual');

    const unknown = await customers('owner', 'shop', randomUUID()).expect(404);
    await customers('owner', 'shop', order.clientProfileData.userProfileId).expect(404, unknown.body);
  });

  it('lets customers be read sixty times a minute, whoever asks', async () => {
    const read = () => oms.as('owner').get('/api/dataentities/CL/customers').query({ reason: 'Chargeback' });
    const statuses = new Set<number>();
    for (let n = 0; n < 60; n++) statuses.add((await read()).status);
    expect([...statuses].filter((status) => ![200, 429].includes(status))).toEqual([]);
    const { headers } = await read().expect(429);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  });

  it('knows a customer who comes back', async () => {
    const [first, second] = [await oms.placeOrder(), await oms.placeOrder({ openTextField: { value: 'Again' } })];
    expect(second.clientProfileData.userProfileId).toBe(first.clientProfileData.userProfileId);
  });
});

describe('the start of the reference OMS', () => {
  const directories: string[] = [];
  const scratch = async () => {
    const { directory, ...environment } = await scratchEnvironment();
    directories.push(directory);
    return { directory, environment };
  };
  afterAll(() => Promise.all(directories.map((directory) => rm(directory, { recursive: true, maxRetries: 5 }))));

  const start = async (change: Record<string, string>) => {
    const { environment } = await scratch();
    const app = await createApp({ ...environment, ...change }, false);
    await app.init();
    await app.close();
  };
  const production = {
    NODE_ENV: 'production',
    SMTP_URL: 'smtp://127.0.0.1:2500',
    TRACKER_DOMAIN: 'ct.example.com',
    INBOUND_SMTP_PORT: '',
  };
  const keySet = () => ({ current: '2026', keys: { '2026': randomBytes(32).toString('hex') } });
  const trackerKeys = { encryption: keySet(), index: keySet(), alias: keySet() };
  const keysFile = async (content: unknown) => {
    const { directory } = await scratch();
    const file = join(directory, 'keys.json');
    await writeFile(file, JSON.stringify(content));
    return file;
  };
  const key = randomUUID();
  const entry = { id: 'erp', storeId: 'shop', role: 'integrator' };
  const sha256 = createHash('sha256').update(key).digest('hex');

  it('refuses wrong settings, all at once, and says how to mend them', async () => {
    const failure = start({ PORT: 'http', SMTP_URL: 'user:secret@mail' });
    await expect(failure).rejects.toThrow(/PORT: set a whole number[\s\S]*SMTP_URL: write it as/);
    await expect(start({ SMTP_URL: 'user:secret@mail' })).rejects.not.toThrow(/secret/);
    await expect(start({ OMS_DATABASE: ':memory:' })).rejects.toThrow(/OMS_DATABASE: name a file/);
    const webhook = start({ ERP_WEBHOOK_URL: 'https://user:secret@erp.example/orders' });
    await expect(webhook).rejects.toThrow(/ERP_WEBHOOK_URL: leave user and password out/);
    await expect(webhook).rejects.not.toThrow(/secret/);
  });

  it('says how to mend it when its port is taken', async () => {
    const { environment } = await scratch();
    const first = await createApp({ ...environment, PORT: '0' }, false);
    const { port } = new URL(await listen(first));
    const { environment: another } = await scratch();
    const second = await createApp({ ...another, PORT: port }, false);
    try {
      await expect(listen(second)).rejects.toThrow(/EADDRINUSE.*Set PORT to a free port/);
    } finally {
      await second.close();
      await first.close();
    }
  });

  it('refuses to make keys in production', async () => {
    await expect(start({ NODE_ENV: 'production' })).rejects.toThrow(
      /OMS_API_KEYS_FILE is missing[\s\S]*TRACKER_DOMAIN is missing[\s\S]*TRACKER_KEYS_FILE is missing[\s\S]*SMTP_URL is missing/,
    );
  });

  it('starts in production with hashed keys', async () => {
    const files = {
      OMS_API_KEYS_FILE: await keysFile([{ ...entry, sha256 }]),
      TRACKER_KEYS_FILE: await keysFile(trackerKeys),
    };
    await expect(start({ ...production, ...files })).resolves.toBeUndefined();
  });

  it('takes no mail in production unless it is told on which port, and then asks for the operator', () => {
    const settings = {
      ...production,
      OMS_API_KEYS_FILE: 'keys.json',
      TRACKER_KEYS_FILE: 'tracker-keys.json',
    };
    expect(new OmsConfig(settings).inbound).toBeUndefined();
    const mailed = { ...settings, INBOUND_SMTP_PORT: '25', INBOUND_SMTP_HOST: '0.0.0.0' };
    expect(() => new OmsConfig(mailed)).toThrow(/OPERATOR_ADDRESS is missing: name who gets the mail to postmaster/);
    expect(new OmsConfig({ ...mailed, OPERATOR_ADDRESS: 'admin@yourshop.com' }).inbound).toEqual({
      host: '0.0.0.0',
      port: 25,
      operatorAddress: 'admin@yourshop.com',
      tlsFiles: undefined,
    });
    const posted = { ...settings, INBOUND_WEBHOOK_SECRET_FILE: 'secret', OPERATOR_ADDRESS: 'admin@yourshop.com' };
    expect(new OmsConfig(posted).inbound).toMatchObject({ port: undefined, webhookSecretFile: 'secret' });
    expect(() => new OmsConfig({ ...settings, INBOUND_ACCOUNTS_FILE: 'accounts.json' })).toThrow(
      /INBOUND_SMTP_PORT is missing: name the port at which the accounts sign in/,
    );
    expect(new OmsConfig({}).inbound).toMatchObject({ host: '127.0.0.1', port: 2526 });
  });

  it('says what a port for mail lacks: a certificate, a file, or that it is taken', async () => {
    expect(() => new OmsConfig({ INBOUND_TLS_KEY_FILE: 'key.pem' })).toThrow(/INBOUND_TLS_CERT_FILE is missing/);
    expect(() => new OmsConfig({ INBOUND_TLS_CERT_FILE: 'cert.pem' })).toThrow(/INBOUND_TLS_KEY_FILE is missing/);
    const files = { INBOUND_TLS_KEY_FILE: '/nowhere/key.pem', INBOUND_TLS_CERT_FILE: '/nowhere/cert.pem' };
    await expect(start(files)).rejects.toThrow(/INBOUND_TLS_KEY_FILE: \/nowhere\/key\.pem cannot be read \(ENOENT\)/);
    const noAccounts = start({ INBOUND_ACCOUNTS_FILE: await keysFile([{ name: 'erp', passwordHash: 'secret' }]) });
    await expect(noAccounts).rejects.toThrow(
      /INBOUND_ACCOUNTS_FILE: .* must be a JSON file with \[\{ name, passwordHash/,
    );
    await expect(noAccounts).rejects.not.toThrow(/secret/);
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { environment } = await scratch();
    const port = String((taken.address() as AddressInfo).port);
    const app = await createApp({ ...environment, PORT: '0', INBOUND_SMTP_PORT: port }, false);
    try {
      await expect(listen(app)).rejects.toThrow(/cannot take mail on .*EADDRINUSE.*Set INBOUND_SMTP_PORT to a free/);
    } finally {
      await app.close();
      taken.close();
    }
  });

  it.each([
    ['sha256', { ...entry, key }],
    ['storeId', { ...entry, sha256, storeId: 'market' }],
    ['role', { ...entry, sha256, role: 'admin' }],
    ['id', { ...entry, sha256, id: 'the ERP' }],
    ['id', null],
  ])('refuses a key in production whose %s needs mending', async (field, wrong) => {
    const file = await keysFile([wrong]);
    const files = { OMS_API_KEYS_FILE: file, TRACKER_KEYS_FILE: await keysFile(trackerKeys) };
    await expect(start({ ...production, ...files })).rejects.toThrow(
      new RegExp(`API key 1 of the keys file .*${field}`),
    );
  });

  it.each([null, { ...trackerKeys, index: undefined }, { ...trackerKeys, alias: 5 }])(
    'says how to mend a keys file of the tracker that is not whole (%#)',
    async (content) => {
      const failure = start({ TRACKER_KEYS_FILE: await keysFile(content) });
      await expect(failure).rejects.toThrow(/\{ encryption, index, alias \}.*TRACKER_KEYS_FILE/);
    },
  );

  it('refuses a weak tracker key in production, and repeats nothing of it', async () => {
    const weak = { current: 'k', keys: { k: 'secret'.repeat(10) } };
    const files = {
      OMS_API_KEYS_FILE: await keysFile([{ ...entry, sha256 }]),
      TRACKER_KEYS_FILE: await keysFile({ ...trackerKeys, alias: weak }),
    };
    const failure = start({ ...production, ...files });
    await expect(failure).rejects.toThrow(/keys\.alias\.keys\.k is weak/);
    await expect(failure).rejects.not.toThrow(/secret/);
  });

  it('says which keys file it cannot read', async () => {
    await expect(start({ OMS_API_KEYS_FILE: '/nowhere/keys.json' })).rejects.toThrow(
      /\/nowhere\/keys\.json cannot be read/,
    );
  });
});
