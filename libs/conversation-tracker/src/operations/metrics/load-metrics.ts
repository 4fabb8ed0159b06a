import { TrackerError } from '../../kernel/errors.js';
import { type HostEventsConsumer } from '../../events/host-events.consumer.js';
import { type TrackerOptions } from '../../ports/tracker-options.js';
import { type CountedParts, TrackerMetrics } from './tracker-metrics.js';

/**
 * Begins to count where the options ask for it.
 * @throws TrackerError `configuration-invalid` where prom-client is not installed.
 */
export async function loadMetrics(
  { metrics }: TrackerOptions,
  events: HostEventsConsumer,
  parts: CountedParts,
): Promise<TrackerMetrics | undefined> {
  if (!metrics) return undefined;
  const library = await importPromClient();
  const registry = (metrics.registry ?? library.register) as typeof library.register;
  const counted = new TrackerMetrics(library, registry, parts);
  events.listen((event) => counted.count(event));
  return counted;
}

async function importPromClient() {
  try {
    const library = await import('prom-client');
    return library;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && /MODULE_NOT_FOUND/.test(String(error.code)))) throw error;
    throw new TrackerError(
      'configuration-invalid',
      'metrics needs the library prom-client, which is not installed; run `npm install prom-client@^15.1.0`',
    );
  }
}
