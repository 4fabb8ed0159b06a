import { type TracerProvider, trace } from '@opentelemetry/api';
import { loadPeer } from '../peers.js';
import { canaryOf } from './canaries.js';
import { Evidence } from './evidence.js';

const CONTROL = 'control';

/** What a span of the SDK holds that leaves with it. */
interface FinishedSpan {
  name: string;
  attributes: object;
  events: readonly object[];
  links: readonly object[];
  status: object;
  resource: { attributes: object };
}

interface Sdk {
  BasicTracerProvider: new (options: object) => TracerProvider & { shutdown(): Promise<void> };
  InMemorySpanExporter: new () => { getFinishedSpans(): FinishedSpan[] };
  SimpleSpanProcessor: new (exporter: object) => object;
}

/** An OpenTelemetry SDK as a host has one, whose exporter keeps every span. */
export class SpanWatch {
  private constructor(
    private readonly finished: () => FinishedSpan[],
    private readonly shutdown: () => Promise<void>,
  ) {}

  /** Before the app starts, as the SDK asks. */
  static async begin(): Promise<SpanWatch> {
    const sdk = await loadPeer<Sdk>('@opentelemetry/sdk-trace-base');
    const exporter = new sdk.InMemorySpanExporter();
    const provider = new sdk.BasicTracerProvider({ spanProcessors: [new sdk.SimpleSpanProcessor(exporter)] });
    if (!trace.setGlobalTracerProvider(provider)) throw new Error('another OpenTelemetry SDK is there already');
    const control = trace.getTracer('canary').startSpan(CONTROL);
    control.recordException(new Error(`no mailbox ${canaryOf('control')}`));
    control.end();
    return new SpanWatch(
      () => exporter.getFinishedSpans(),
      () => provider.shutdown(),
    );
  }

  /**
   * Keeps names, attributes, events (exceptions are events), status and links of all of them.
   * @returns whether the search sees the control, which stands in an exception.
   */
  async end(evidence: Evidence): Promise<boolean> {
    let isSeen = false;
    for (const { name, attributes, events, links, status, resource } of this.finished()) {
      const told = { name, attributes, events, links, status, resource: resource.attributes };
      if (name === CONTROL) isSeen = Evidence.sees(JSON.stringify(told));
      else evidence.add('span', name.replace(/canary.*/, '…'), JSON.stringify(told));
    }
    await this.shutdown();
    trace.disable();
    return isSeen;
  }
}
