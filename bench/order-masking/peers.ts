import { ClassSerializerInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import * as transformerPackage from 'class-transformer';
import { loadPeer } from '../peers.js';
import { type WarmMasker } from './warm-masker.js';

interface RedactOptions {
  paths: string[];
  censor: (value: unknown) => unknown;
  serialize?: false;
}
type FastRedact = (options: RedactOptions) => (value: object) => string;
type PinoRedact = (options: RedactOptions) => (value: object) => string;

/** The role paths of the sample order: what a list of fields can name. The three addresses in texts it cannot. */
const PATHS = [
  'followUpEmail',
  'callCenterOperatorData.email',
  'clientProfileData.email',
  'shippingData.contactInformation[*].email',
];
const ADDRESS = /[\w.!#$&'*+/=?^`{|}~-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+/g;
const PLACEHOLDER = 'undisclosed@ct.example.com';

/** What else a team would reach for. All look up the aliases as the tracker does, and write the same orders to bytes. */
export async function maskingPeers(warm: WarmMasker): Promise<Record<string, () => Buffer>> {
  const fastRedact = await loadPeer<FastRedact>('fast-redact');
  const pinoRedact = await loadPeer<PinoRedact>('@pinojs/redact');
  let aliases = warm.aliases[0];
  const aliasOf = (address: unknown) => aliases.get(String(address)) ?? PLACEHOLDER;
  const next = (): object => {
    const number = warm.next();
    aliases = warm.aliases[number];
    return warm.orders[number];
  };

  const redactFast = fastRedact({ paths: PATHS, censor: aliasOf });
  const redactPino = pinoRedact({ paths: PATHS, censor: aliasOf });
  const interceptor = new ClassSerializerInterceptor(new Reflector(), { transformerPackage });
  const classes = warm.orders.map((order) => asClasses(order, aliasOf));

  return {
    'fast-redact': () => Buffer.from(redactFast(next())),
    '@pinojs/redact': () => Buffer.from(redactPino(next())),
    ClassSerializerInterceptor: () => {
      const number = warm.next();
      aliases = warm.aliases[number];
      return Buffer.from(JSON.stringify(interceptor.serialize(classes[number], {})));
    },
    'one regular expression': () => Buffer.from(JSON.stringify(next()).replace(ADDRESS, aliasOf)),
  };
}

/** The order as instances of a host's classes, whose e-mail members carry the decorator that masks them. */
function asClasses(order: Record<string, unknown>, aliasOf: (address: unknown) => string): object {
  const mask = transformerPackage.Transform(({ value }) => aliasOf(value));
  class Person {}
  mask(Person.prototype, 'email');
  class Order {}
  mask(Order.prototype, 'followUpEmail');
  const person = (value: unknown) => Object.assign(new Person(), value);
  const shipping = order['shippingData'] as { contactInformation: unknown[] };
  return Object.assign(new Order(), order, {
    shippingData: { ...shipping, contactInformation: shipping.contactInformation.map(person) },
    callCenterOperatorData: person(order['callCenterOperatorData']),
    clientProfileData: person(order['clientProfileData']),
  });
}
