import { foldAddress } from '../kernel/email-address.js';
import { complexAlias, simpleAlias } from '../message/alias-grammar.js';
import { type KeyRing } from '../persistence/key-ring.js';
import { type OrderRef } from '../ports/order-source.js';
import { type MaskType } from '../settings/store-settings-values.js';

/** 96 bits: among 100 million participants two share an id with a chance of 6e-14. */
const PARTICIPANT_ID_LENGTH = 24;
const ALIAS_ID_LENGTH = 32;
const TOKEN_LENGTH = 32;
const SIMPLE_NUMBERS = 10n ** 12n;

/** What, besides store, order and address, decides how an alias reads. */
export interface AliasForm {
  generation: number;
  maskType: MaskType;
  aliasKeyId: string;
  trackerDomain: string;
}

export interface DerivedAlias extends AliasForm {
  id: string;
  lookup: string;
  /** Shows the real address where it is Simple: for the order JSON and mail headers alone. */
  address: string;
}

/** Makes ids and aliases from keys and content, so that instances which meet an address at one moment agree without a lock. */
export class AliasDerivation {
  constructor(private readonly keys: KeyRing) {}

  get currentKeyId(): string {
    return this.keys.alias.current.id;
  }

  participantId({ storeId, orderId }: OrderRef, address: string): string {
    const text = JSON.stringify(['participant', storeId, orderId, foldAddress(address)]);
    return this.keys.index.hmac(text).slice(0, PARTICIPANT_ID_LENGTH);
  }

  /** @param keyId of an index key. @default the current one */
  addressIndex(storeId: string, address: string, keyId?: string): string {
    return this.keys.index.hmac(JSON.stringify(['address', storeId, foldAddress(address)]), keyId);
  }

  /** @param aliasAddress whole and folded, without a tag. */
  lookup(aliasAddress: string): string {
    return this.keys.index.hmac(JSON.stringify(['alias', aliasAddress]));
  }

  /**
   * The alias of that form, Complex where a Simple one would not do (R48).
   * @param participantId as {@link participantId} gives it, of who has derived it already
   */
  alias(
    order: OrderRef,
    address: string,
    form: AliasForm,
    participantId = this.participantId(order, address),
  ): DerivedAlias {
    const simple = form.maskType === 'simple' ? this.simple(order, address, form) : undefined;
    const text = simple ?? this.complex(order, address, form);
    const lookup = this.lookup(text);
    const { generation, aliasKeyId, trackerDomain } = form;
    const maskType = simple === undefined ? 'complex' : 'simple';
    // The rest of the id comes from the alias itself: should two instances have issued different forms at one moment, both
    // have a row and both work.
    const id = participantId + lookup.slice(0, ALIAS_ID_LENGTH - PARTICIPANT_ID_LENGTH);
    return { id, lookup, address: text, generation, maskType, aliasKeyId, trackerDomain };
  }

  /** {@link alias} as it reads, for who needs neither its id nor how it is looked up: both take a derivation more. */
  aliasAddress(order: OrderRef, address: string, form: AliasForm): string {
    const simple = form.maskType === 'simple' ? this.simple(order, address, form) : undefined;
    return simple ?? this.complex(order, address, form);
  }

  /**
   * By which the aliases are looked up that a person ever had in an order, whatever the settings were when each was issued.
   * @param generation of the person: the last one that was issued.
   */
  everyLookup(order: OrderRef, address: string, generation: number, trackerDomains: readonly string[]): string[] {
    const forms = trackerDomains.flatMap((trackerDomain) =>
      this.keys.alias.ids.flatMap((aliasKeyId) =>
        (['complex', 'simple'] as const).map((maskType) => ({ trackerDomain, aliasKeyId, maskType })),
      ),
    );
    const generations = Array.from({ length: generation + 1 }, (_, nth) => nth);
    return generations.flatMap((one) =>
      forms.map((form) => this.alias(order, address, { ...form, generation: one }).lookup),
    );
  }

  private complex(order: OrderRef, address: string, form: AliasForm): string {
    return complexAlias(this.mac('complex', order, address, form).slice(0, TOKEN_LENGTH), form.trackerDomain);
  }

  private simple(order: OrderRef, address: string, form: AliasForm): string | undefined {
    const number = BigInt(`0x${this.mac('simple', order, address, form)}`) % SIMPLE_NUMBERS;
    return simpleAlias(foldAddress(address), number.toString().padStart(12, '0'), form.trackerDomain);
  }

  private mac(label: MaskType, { storeId, orderId }: OrderRef, address: string, form: AliasForm): string {
    const text = JSON.stringify([label, storeId, orderId, foldAddress(address), form.generation]);
    return this.keys.alias.hmac(text, form.aliasKeyId);
  }
}

/** To whom an alias was issued, told from its id, so that this outlives a purge. */
export function issuedTo(aliasId: string): string {
  return aliasId.slice(0, PARTICIPANT_ID_LENGTH);
}
