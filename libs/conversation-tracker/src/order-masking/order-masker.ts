import { Inject, Injectable, Logger } from '@nestjs/common';
import { type AliasMap, AliasService, type OrderSightings } from '../alias/alias.service.js';
import { type Clock } from '../kernel/clock.js';
import { hasInnerOrders } from '../message/order-text/inner-orders.js';
import { MemberSearch } from '../message/order-text/member-search.js';
import { type OrderScope } from '../message/order-text/order-scope.js';
import { roleValues } from '../message/order-text/role-values.js';
import { scopeOfNobody } from '../ports/scope-of-nobody.js';
import { CLOCK, TRACKER_OPTIONS, type TrackerOptions } from '../ports/tracker-options.js';
import { type BodyPiece, bodyPieces, joinPieces } from './body-pieces.js';
import { MaskedJson } from './masked-json.js';
import { findOrderRoot, type OrderRoot } from './order-root.js';
import { anyOrders, maskOrders, oneOrder, type OrdersText, ownText } from './orders-text.js';
import { serializedPieces } from './serialized-pieces.js';

const WARN_EVERY_MS = 60_000;

/**
 * The one engine behind responses and pushes. What memory knows is masked at once; otherwise one question to the alias room
 * for all orders of the body. Without an answer the placeholder stands wherever memory knows no alias.
 */
@Injectable()
export class OrderMasker {
  private readonly logger = new Logger('ConversationTracker');
  private readonly nobody: OrderScope;
  private readonly orderIdProperty: string;
  private readonly orderIds: MemberSearch;
  private warnedAt = -Infinity;

  constructor(
    private readonly aliases: AliasService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TRACKER_OPTIONS) options: TrackerOptions,
  ) {
    this.nobody = scopeOfNobody(options);
    this.orderIdProperty = options.orderIdProperty;
    this.orderIds = new MemberSearch(options.orderIdProperty);
  }

  /**
   * The masked JSON text of a value, `undefined` where JSON.stringify gives that.
   * @throws what JSON.stringify throws.
   */
  maskValue(storeId: string, value: unknown, declared?: OrderRoot): MaskedJson | undefined | Promise<MaskedJson> {
    const root = declared ?? findOrderRoot(value, this.orderIdProperty);
    if (root) return this.maskPieces(storeId, bodyPieces(value, root, this.orderIdProperty));
    const text = JSON.stringify(value) as string | undefined;
    return text === undefined ? undefined : this.maskAll(storeId, [this.lookInto(text)]);
  }

  /** The same for a text that may be JSON of any form, or none. */
  maskText(storeId: string, text: string): string | Promise<string> {
    return asText(this.maskAll(storeId, [isJson(text) ? anyOrders(text, this.orderIdProperty) : { text, places: [] }]));
  }

  /** The same for the text that another serialiser made of a value; it may have left fields out, or have its own form. */
  maskSerialized(storeId: string, text: string, value: object, declared?: OrderRoot): string | Promise<string> {
    const root = declared ?? findOrderRoot(value, this.orderIdProperty);
    const found = root && serializedPieces(text, value, root, this.orderIdProperty, this.nobody);
    if (found) return asText(this.maskPieces(storeId, found));
    const pieces = this.piecesOf(value, root);
    return pieces && joinPieces(pieces) === text
      ? asText(this.maskPieces(storeId, pieces))
      : this.maskText(storeId, text);
  }

  /** `undefined` where no orders are found or JSON.stringify would throw. */
  private piecesOf(value: object, root: OrderRoot | undefined): BodyPiece[] | undefined {
    try {
      return root && bodyPieces(value, root, this.orderIdProperty);
    } catch {
      return undefined;
    }
  }

  private maskPieces(storeId: string, pieces: readonly BodyPiece[]): MaskedJson | Promise<MaskedJson> {
    return this.maskAll(
      storeId,
      pieces.map((piece) => {
        if (typeof piece === 'string') return piece;
        if ('envelope' in piece) return this.lookInto(piece.envelope, true);
        const { text, orderId } = piece;
        const isSeveral = orderId === undefined || hasInnerOrders(text, this.orderIds, this.nobody);
        return isSeveral ? this.lookInto(text) : oneOrder(text, orderId);
      }),
    );
  }

  private maskAll(storeId: string, parts: readonly (string | EnvelopedText)[]): MaskedJson | Promise<MaskedJson> {
    const pieces: string[] = [];
    for (let index = 0; index < parts.length; index++) {
      const part = parts[index];
      const masked = typeof part === 'string' ? [part] : this.fromMemory(storeId, part);
      if (isOpen(masked)) return this.askForRest(storeId, pieces, parts.slice(index));
      for (const piece of masked) pieces.push(piece);
    }
    return new MaskedJson(pieces);
  }

  private async askForRest(
    storeId: string,
    done: readonly string[],
    parts: readonly (string | EnvelopedText)[],
  ): Promise<MaskedJson> {
    const rest = parts.map((part) => (typeof part === 'string' ? [part] : this.fromMemory(storeId, part)));
    return new MaskedJson([...done, ...(await this.ask(storeId, rest))]);
  }

  /** The masked pieces, or the part itself when its orders must be asked for. */
  private fromMemory(storeId: string, part: EnvelopedText): Part {
    const { places } = part;
    if (places.length === 1) {
      const aliases = this.aliases.cached(storeId, places[0].orderId);
      return aliases ? this.maskKnown(part, () => aliases) : part;
    }
    const known = new Map<string, AliasMap>();
    for (const { orderId } of places) {
      const aliases = this.aliases.cached(storeId, orderId);
      if (!aliases) return part;
      known.set(orderId, aliases);
    }
    return this.maskKnown(part, (orderId) => known.get(orderId));
  }

  /** The masked pieces, or the part itself when an address at a role path has no alias yet. */
  private maskKnown(part: EnvelopedText, aliasesOf: (orderId: string) => AliasMap | undefined): Part {
    const scopeOf = (orderId: string) => this.scopeOf(aliasesOf(orderId) ?? this.nobody.aliases);
    const { pieces, unresolved } = maskOrders(part, scopeOf, this.nobody);
    return unresolved && part.places.length > 0 ? part : unwrap(part, pieces);
  }

  /** Member by member: this is done for each order of each response. */
  private scopeOf(aliases: AliasMap): OrderScope {
    const { placeholder, trackerDomains, rolePaths } = this.nobody;
    return { aliases, placeholder, trackerDomains, rolePaths };
  }

  /**
   * What is known of the orders is read first: most need no new alias, and then nobody has to look for their participants,
   * which takes longer than masking.
   */
  private async ask(storeId: string, parts: readonly Part[]): Promise<readonly string[]> {
    const orderIds = parts.filter(isOpen).flatMap(({ places }) => places.map(({ orderId }) => orderId));
    const read = await this.read(storeId, orderIds);
    const known = read ?? this.remembered(storeId, orderIds);
    const aliasesOf = (orderId: string) => known.get(orderId);
    const masked = parts.map((part) => (isOpen(part) && isKnown(part, known) ? this.maskKnown(part, aliasesOf) : part));
    // Who could not be read cannot be issued an alias either, and the response has waited long enough.
    const issued = await this.issue(storeId, read ? masked.filter(isOpen) : []);
    const scopeOf = (orderId: string): OrderScope =>
      this.scopeOf(issued.get(orderId) ?? known.get(orderId) ?? this.nobody.aliases);
    return masked.flatMap((part) =>
      isOpen(part) ? unwrap(part, maskOrders(part, scopeOf, this.nobody).pieces) : part,
    );
  }

  private async read(storeId: string, orderIds: readonly string[]): Promise<Map<string, AliasMap> | undefined> {
    try {
      return await this.aliases.aliasesOf(storeId, orderIds);
    } catch (error) {
      this.warn(error);
      return undefined;
    }
  }

  private remembered(storeId: string, orderIds: readonly string[]): Map<string, AliasMap> {
    const cached = orderIds.map((orderId) => [orderId, this.aliases.cached(storeId, orderId)] as const);
    return new Map(cached.filter((entry): entry is [string, AliasMap] => entry[1] !== undefined));
  }

  private async issue(storeId: string, parts: readonly OrdersText[]): Promise<Map<string, AliasMap>> {
    const requests: OrderSightings[] = parts.flatMap((part) =>
      part.places.map((place) => ({
        storeId,
        orderId: place.orderId,
        addresses: roleValues(ownText(part, place), this.nobody),
      })),
    );
    if (requests.length === 0) return new Map();
    try {
      const aliases = await this.aliases.issue(requests);
      return new Map(requests.map(({ orderId }, index) => [orderId, aliases[index]]));
    } catch (error) {
      this.warn(error);
      return new Map();
    }
  }

  private lookInto(text: string, isEnvelope = false): EnvelopedText {
    const orders = this.orderIds.next(text, 0) !== -1 ? anyOrders(text, this.orderIdProperty) : { text, places: [] };
    return { ...orders, isEnvelope };
  }

  private warn(error: unknown): void {
    const now = this.clock.now();
    if (now - this.warnedAt < WARN_EVERY_MS) return;
    this.warnedAt = now;
    // The class alone: a message may quote an address.
    const name = error instanceof Error ? error.name : 'unknown error';
    this.logger.warn(`aliases could not be read or issued (${name}): responses show the placeholder in their place`);
  }
}

interface EnvelopedText extends OrdersText {
  /** Whether only what stands between the first and the last character is sent. */
  isEnvelope?: boolean;
}

/** The pieces of a text that is done, or one that is not. */
type Part = readonly string[] | EnvelopedText;

function isOpen(part: Part): part is EnvelopedText {
  return !Array.isArray(part);
}

/** Whether anybody is known of each of its orders: of one that is new it takes no second look to see that all are missing. */
function isKnown({ places }: OrdersText, known: ReadonlyMap<string, AliasMap>): boolean {
  return places.every(({ orderId }) => (known.get(orderId)?.size ?? 0) > 0);
}

function unwrap({ isEnvelope }: EnvelopedText, pieces: readonly string[]): readonly string[] {
  return isEnvelope ? [pieces.join('').slice(1, -1)] : pieces;
}

function asText(masked: MaskedJson | Promise<MaskedJson>): string | Promise<string> {
  return masked instanceof Promise ? masked.then(String) : masked.toString();
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
