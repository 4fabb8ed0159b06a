import { HostProcess } from './host-process.js';
import { type Side } from './side.js';

/** smtp-server alone. */
export async function startBare(): Promise<Side> {
  const host = await HostProcess.start<{ port: number }>('./bare-host.js', {});
  return { name: 'bare smtp-server', port: host.said.port, stop: () => host.stop() };
}
