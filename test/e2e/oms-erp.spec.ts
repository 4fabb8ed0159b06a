import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Environment } from '../../src/config/oms-config.js';
import { TestOms } from '../support/oms.js';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
  vi.restoreAllMocks();
});

async function startErp(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function startOms(environment: Environment): Promise<{ oms: TestOms; warnings: () => string[] }> {
  const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  const oms = await TestOms.startTracked(environment);
  return { oms, warnings: () => warn.mock.calls.map(String) };
}

describe('an ERP that does not take a push', () => {
  it.each([
    ['refuses', 500, /failed: the ERP answered 500$/],
    ['sends elsewhere', 302, /failed: the ERP answered 302$/],
  ])('and %s it changes nothing for the order, and the log says so', async (_, status, message) => {
    let taken = 0;
    const elsewhere = await startErp((_request, response) => {
      taken += 1;
      response.end();
    });
    const url = await startErp((_request, response) => response.writeHead(status, { location: elsewhere }).end('No'));
    const { oms, warnings } = await startOms({ ERP_WEBHOOK_URL: url });
    ends.push(() => oms.stop());
    const { orderId } = await oms.placeOrder();
    await oms.as('integrator').post(`/api/oms/pvt/orders/${orderId}/payment-approved`).expect(200);
    await vi.waitFor(() => expect(warnings()).toHaveLength(2), { timeout: 15_000 });
    for (const warning of warnings()) {
      expect(warning).toMatch(message);
      expect(warning).toContain(orderId);
      expect(warning).not.toContain('@');
    }
    expect(taken).toBe(0);
  });

  it('because it is down, the log says so without its URL', async () => {
    const { oms, warnings } = await startOms({ ERP_WEBHOOK_URL: 'http://127.0.0.1:1/secret-path' });
    ends.push(() => oms.stop());
    await oms.placeOrder();
    await vi.waitFor(() => expect(warnings()).toHaveLength(1), { timeout: 15_000 });
    expect(warnings()[0]).toMatch(/failed: the ERP gave no answer \(\w+\)$/);
    expect(warnings()[0]).not.toContain('secret-path');
  });

  it('because it hangs, does not keep the OMS from stopping', async () => {
    let requests = 0;
    const url = await startErp(() => {
      requests += 1;
    });
    const { oms } = await startOms({ ERP_WEBHOOK_URL: url });
    for (let n = 0; n < 3; n++) await oms.placeOrder();
    await vi.waitFor(() => expect(requests).toBe(1), { timeout: 15_000 });
    await oms.stop();
    expect(requests).toBe(1);
  });
});
