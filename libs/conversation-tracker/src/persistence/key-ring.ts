import { createHmac } from 'node:crypto';
import { TrackerError } from '../kernel/errors.js';
import { type NamedKey } from './cipher.js';

const KEY_BYTES = 32;
const keyIdShape = /^[a-z0-9_-]{1,16}$/;

/** Keys of one purpose: new values use `current`, old ones name theirs. */
export interface KeySetOptions {
  current: string;
  /** Key id → 64 hex digits or 44 characters of base64: 32 random bytes, e.g. from `openssl rand -hex 32`. */
  keys: Readonly<Record<string, string>>;
}

export interface KeyOptions {
  /** AES-256-GCM for what is stored. */
  encryption: KeySetOptions;
  /** HMAC for look-up without decryption. */
  index: KeySetOptions;
  /** HMAC from which aliases are derived. Losing it changes every alias that is not yet issued. */
  alias: KeySetOptions;
}

export class KeySet {
  private readonly keys: ReadonlyMap<string, Buffer>;
  readonly current: NamedKey;

  constructor(purpose: keyof KeyOptions, options: KeySetOptions) {
    if (!isKeySet(options)) {
      throw invalid(
        `keys.${purpose} must be { current, keys }, such as { current: 'k1', keys: { k1: '<64 hex digits>' } }`,
      );
    }
    this.keys = new Map(Object.entries(options.keys).map(([id, text]) => [id, parseKey(purpose, id, text)]));
    const key = this.keys.get(options.current);
    if (!key)
      throw invalid(`keys.${purpose}.current is "${options.current}", which keys.${purpose}.keys does not hold`);
    this.current = { id: options.current, key };
  }

  get ids(): string[] {
    return [...this.keys.keys()];
  }

  byId(id: string): Buffer | undefined {
    return this.keys.get(id);
  }

  hmac(text: string, id = this.current.id): string {
    const key = this.byId(id);
    if (!key) throw invalid(`a stored value names the key "${id}", which the options do not hold`);
    return createHmac('sha256', key).update(text).digest('hex');
  }
}

export class KeyRing {
  readonly encryption: KeySet;
  readonly index: KeySet;
  readonly alias: KeySet;

  /** @throws TrackerError `configuration-invalid` naming the key that is missing or weak. */
  constructor(options: KeyOptions) {
    if (typeof options !== 'object' || (options as unknown) === null) {
      throw invalid('keys must be { encryption, index, alias }');
    }
    this.encryption = new KeySet('encryption', options.encryption);
    this.index = new KeySet('index', options.index);
    this.alias = new KeySet('alias', options.alias);
  }
}

function isKeySet(options: unknown): options is KeySetOptions {
  if (typeof options !== 'object' || options === null) return false;
  const { current, keys } = options as Partial<KeySetOptions>;
  const texts = typeof keys === 'object' && keys !== null ? Object.values(keys as Record<string, unknown>) : [0];
  return typeof current === 'string' && texts.every((text) => typeof text === 'string');
}

function parseKey(purpose: string, id: string, text: string): Buffer {
  if (!keyIdShape.test(id)) throw invalid(`the key id "${id}" in keys.${purpose} must match ${keyIdShape.source}`);
  const key = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64');
  // Sixteen different byte values is far below what 32 random bytes show, and far above a word or a repeated pattern.
  if (key.length !== KEY_BYTES || new Set(key).size < 16) {
    throw invalid(`the key keys.${purpose}.keys.${id} is weak; give 32 random bytes, e.g. \`openssl rand -hex 32\``);
  }
  return key;
}

const invalid = (detail: string) => new TrackerError('configuration-invalid', detail);
