import { type Transform } from 'node:stream';
import {
  decrypt,
  decryptBytes,
  decryptInPlace,
  decryptStream,
  encrypt,
  encryptBytes,
  encryptPieces,
  keyOfBytes,
  MAX_HEAD,
  type NamedKey,
} from './cipher.js';
import { type KeySet } from './key-ring.js';

/** No id in the options has it, so that stored values tell a store's keys from master keys. */
const MARK = '#';

/** Under which id stored values name a store's key. */
export const storeKeyId = (number: number) => `${MARK}${number}`;

/** A data key in the clear; without bytes once it was shredded. */
export interface DataKey {
  number: number;
  key: Buffer | undefined;
  /** Epoch milliseconds. */
  createdAt: number;
}

/** Encrypts what belongs to one store, so that it can be made unreadable as a whole. */
export class StoreKey {
  constructor(
    readonly current: NamedKey,
    private readonly dataKeys: readonly DataKey[],
    private readonly masters: KeySet,
    /** Told when a value names a key that is not known here (yet). */
    private readonly onUnknown: () => void,
  ) {}

  /** @param context see {@link encrypt}. */
  seal(plain: string | Buffer, context: string): string {
    return encrypt(plain, this.current, context);
  }

  get currentNumber(): number {
    return Number(this.current.id.slice(MARK.length));
  }

  /** When the current key was made, epoch milliseconds. */
  get currentSince(): number {
    return this.find(this.current.id)?.createdAt ?? 0;
  }

  /** Earlier keys that can still be read with, by their numbers. */
  get older(): number[] {
    const { currentNumber } = this;
    return this.dataKeys.filter(({ key, number }) => key && number < currentNumber).map(({ number }) => number);
  }

  isCurrent(sealed: string): boolean {
    return sealed.split('.', 2)[1] === this.current.id;
  }

  /** What a value reads under the current key; `undefined` where it does already, or cannot be read any more. */
  reseal(sealed: string, context: string): string | undefined {
    const plain = this.isCurrent(sealed) ? undefined : this.open(sealed, context);
    return plain && this.seal(plain, context);
  }

  /**
   * `undefined` when the key was shredded: what it has encrypted is gone.
   * @throws see {@link decrypt}.
   */
  open(sealed: string, context: string): Buffer | undefined {
    const [, id = ''] = sealed.split('.', 2);
    return this.isShredded(id) ? undefined : decrypt(sealed, (keyId) => this.byId(keyId), context);
  }

  /** @param context see {@link encrypt}. @returns pieces, see {@link encryptBytes}. */
  sealBytes(plain: Buffer, context: string): Buffer[] {
    return encryptBytes(plain, this.current, context);
  }

  /** The same a piece at a time, see {@link encryptPieces}. */
  sealPieces(plain: readonly Buffer[], context: string): AsyncGenerator<Buffer> {
    return encryptPieces(plain, this.current, context);
  }

  /**
   * Opens what {@link sealBytes} made, and what {@link seal} made before there was another way.
   * `undefined` when the key was shredded.
   * @param isMine whether it may be written over: then there is no second one of it in memory.
   * @throws see {@link decrypt}.
   */
  openBytes(sealed: Buffer, context: string, isMine = false): Buffer | undefined {
    const id = keyOfBytes(sealed);
    if (id === undefined) return this.open(sealed.toString(), context);
    if (this.isShredded(id)) return undefined;
    return (isMine ? decryptInPlace : decryptBytes)(sealed, (keyId) => this.byId(keyId), context);
  }

  /**
   * How to open what is large and begins with `head`, see {@link decryptStream}; `undefined` where that is another form than
   * {@link sealBytes} makes, or the key was shredded.
   */
  openingOf(head: Buffer, context: string): (() => Transform) | undefined {
    const id = keyOfBytes(head);
    if (id === undefined || this.isShredded(id)) return undefined;
    return () => decryptStream((keyId) => this.byId(keyId), context);
  }

  /** As {@link reseal}, for what {@link sealBytes} or {@link seal} made. */
  resealBytes(sealed: Buffer, context: string): Buffer[] | undefined {
    const isCurrent = (keyOfBytes(sealed) ?? sealed.toString('latin1', 0, MAX_HEAD).split('.')[1]) === this.current.id;
    const plain = isCurrent ? undefined : this.openBytes(sealed, context);
    return plain && this.sealBytes(plain, context);
  }

  private isShredded(id: string): boolean {
    const found = this.find(id);
    return found !== undefined && found.key === undefined;
  }

  byId(id: string): Buffer | undefined {
    // Values of before a store had a key of its own.
    if (!id.startsWith(MARK)) return this.masters.byId(id);
    const found = this.find(id);
    if (!found) this.onUnknown();
    return found?.key;
  }

  private find(id: string): DataKey | undefined {
    return this.dataKeys.find(({ number }) => storeKeyId(number) === id);
  }
}
