import { findAddresses, type FoundAddress } from './find-addresses.js';
import type { Edit, OrderScope } from './order-scope.js';
import type { TextView } from './text-view.js';
import { unfold } from './unfold.js';

/** The edits that take every address out of a text which is no JSON. */
export function plainTextEdits(text: string, scope: OrderScope): Edit[] {
  const literal = text.includes('@') ? findAddresses(text, scope) : [];
  const view = unfold(text);
  if (!view) {
    const real = literal.filter(isReal);
    return real.length === 0
      ? []
      : separate(
          real.map((found) => edit(found, alias(found, scope))),
          scope,
        );
  }
  const unfolded = findAddresses(view.text, scope).map((found) => inSource(view, found));
  const shown = [...preferred(literal, unfolded)].filter(isReal);
  return separate(
    shown.map((found) => edit(found, inStyleOf(text, found, alias(found, scope)))),
    scope,
  );
}

/**
 * One reading for each at sign. What the literal text says of an address we know counts most: `100%25@example.com` may
 * well be somebody's. What it says of strangers counts least: `email%3Dana@example.com` is a stranger only before decoding.
 */
function preferred(literal: readonly FoundAddress[], unfolded: readonly FoundAddress[]): Iterable<FoundAddress> {
  const byAt = new Map(literal.map((found) => [found.at, found]));
  for (const found of unfolded) {
    const other = byAt.get(found.at);
    if (!other || other.standing === 'unknown') byAt.set(found.at, found);
  }
  return byAt.values();
}

function inSource(view: TextView, found: FoundAddress): FoundAddress {
  return { ...found, ...view.source(found.start, found.end), at: view.source(found.at, found.at + 1).start };
}

function isReal({ standing }: FoundAddress): boolean {
  return standing !== 'own';
}

function alias(found: FoundAddress, scope: OrderScope): string {
  return found.alias ?? scope.placeholder;
}

function edit({ start, end }: FoundAddress, text: string): Edit {
  return { start, end, text };
}

/** Nothing but the at sign is encoded in a URL. */
const UNRESERVED = /^[\w.~-]+@[\w.~-]+$/;

/** The alias written as the address was, so that a URL or HTML stays one. */
function inStyleOf(text: string, { at, start, end }: FoundAddress, alias: string): string {
  if (text.charAt(at) === '@' && !text.slice(start, end).includes('%')) return alias;
  if (text.startsWith('%40', at) && UNRESERVED.test(alias)) return alias.replace('@', '%40');
  const sign = /^(?:@|%(?:25)*40|&(?:amp;)*(?:#\w+|commat);?)/i.exec(text.slice(at, end))?.[0] ?? '@';
  const encoded = /%[0-9a-f]{2}/i.test(text.slice(start, end)) ? encodeURIComponent(alias) : alias;
  return encoded.replace(/@|%40/, () => sign);
}

/** Two readings of different at signs that overlap are taken out together: nothing of either may stay. */
function separate(edits: Edit[], { placeholder }: OrderScope): Edit[] {
  const apart: Edit[] = [];
  for (const next of edits.length > 1 ? edits.sort((a, b) => a.start - b.start) : edits) {
    const last = apart.at(-1);
    if (last && next.start < last.end) {
      last.end = Math.max(last.end, next.end);
      last.text = placeholder;
    } else {
      apart.push(next);
    }
  }
  return apart;
}
