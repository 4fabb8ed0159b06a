import { HostProcess } from './host-process.js';
import { type Side } from './side.js';

export interface BareSetup {
  /** Without the 100 ms that smtp-server waits before it greets. */
  greetsAtOnce: boolean;
}

/** smtp-server alone. */
export async function startBare(setup: BareSetup = { greetsAtOnce: false }): Promise<Side> {
  const host = await HostProcess.start<{ port: number }>('./bare-host.js', setup);
  return { name: 'bare smtp-server', port: host.said.port, stop: () => host.stop() };
}
