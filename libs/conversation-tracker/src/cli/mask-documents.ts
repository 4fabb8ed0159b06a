import { describeReplacements, type ReplacementReport } from '../message/order-text/describe-replacements.js';
import { orderScopes } from '../message/order-text/order-scopes.js';
import { OrderMasker } from '../order-masking/order-masker.js';
import { scopeOfNobody } from '../ports/scope-of-nobody.js';
import { TRACKER_OPTIONS, type TrackerOptions } from '../ports/tracker-options.js';
import { ScratchTracker } from './scratch-tracker.js';

export interface JsonDocument {
  file: string;
  text: string;
}

/** What masking makes of a document, with the paths of what it replaced and of what it left. */
export interface MaskedDocument extends Pick<ReplacementReport, 'freeText' | 'left'> {
  file: string;
  /** How many orders stand in it: without any, every address becomes the placeholder. */
  orders: number;
  masked: unknown;
  /** At role paths. */
  replaced: ReplacementReport['roleValues'];
}

/** Masks documents as responses are masked, with a scratch database. @throws SyntaxError for a text that is no JSON. */
export async function maskDocuments(
  documents: readonly JsonDocument[],
  orderIdProperty: string,
): Promise<MaskedDocument[]> {
  const tracker = await ScratchTracker.open(orderIdProperty);
  try {
    const masker = tracker.app.get(OrderMasker, { strict: false });
    const options = tracker.app.get<TrackerOptions>(TRACKER_OPTIONS, { strict: false });
    const results: MaskedDocument[] = [];
    for (const { file, text } of documents) {
      // The masker takes a text that is no JSON as well, but here that is somebody's mistake.
      JSON.parse(text);
      const masked = await masker.maskText(options.defaultStoreId, text);
      const orders = orderScopes(text, [orderIdProperty]);
      const { roleValues: replaced, ...report } = describeReplacements(text, masked, scopeOfNobody(options), orders);
      results.push({ file, orders: orders.length, masked: JSON.parse(masked) as unknown, replaced, ...report });
    }
    return results;
  } finally {
    await tracker.close();
  }
}
