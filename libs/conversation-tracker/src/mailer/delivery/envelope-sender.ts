import { buildVerp } from '../../message/verp.js';

/** Five days in our queue, as many in the next server's (RFC 5321 §4.5.4.1), and ample time for a late report. */
const LIFETIME_MS = 30 * 24 * 3_600_000;

export const BOUNCE_LABEL = 'bounce';

/** Where the bounces of what the tracker sends come back: a sub-domain with its own MX and SPF (R38). */
export function bounceDomain(trackerDomain: string, label: string = BOUNCE_LABEL): string {
  return `${label}.${trackerDomain}`;
}

/** The envelope sender of a delivery that is queued at `now` (R25). */
export function envelopeSenderOf(
  deliveryId: string,
  now: number,
  key: Uint8Array,
  trackerDomain: string,
  label?: string,
): string {
  return buildVerp({ deliveryId, expiresAt: now + LIFETIME_MS }, key, bounceDomain(trackerDomain, label));
}
