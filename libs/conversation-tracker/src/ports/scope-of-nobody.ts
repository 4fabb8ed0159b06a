import { placeholderAddress } from '../message/alias-grammar.js';
import { type OrderScope } from '../message/order-text/order-scope.js';
import { trackerDomains, type TrackerOptions } from './tracker-options.js';

/** What the masker knows where no order is known: every address but our own becomes the placeholder. */
export function scopeOfNobody(options: TrackerOptions): OrderScope {
  return {
    aliases: new Map(),
    placeholder: placeholderAddress(options.trackerDomain),
    trackerDomains: trackerDomains(options),
    ...(options.rolePaths ? { rolePaths: options.rolePaths } : {}),
  };
}
