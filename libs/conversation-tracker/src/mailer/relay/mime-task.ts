import { type DsnReading, readDsn } from '../../message/dsn/read-dsn.js';
import { findsLeak, type LeakRules } from '../../message/leak-gate/find-leak.js';
import { relay, unreadable, type RelayJob, type RelayOutcome } from '../../message/relay/relay-job.js';

/** What a worker does with a message. Plain data. */
export type MimeTask =
  | { readonly kind: 'relay'; readonly job: RelayJob }
  | { readonly kind: 'dsn'; readonly raw: Uint8Array }
  | { readonly kind: 'gate'; readonly raw: Uint8Array; readonly rules: LeakRules };

export type MimeOutcome =
  | { readonly kind: 'relay'; readonly outcome: RelayOutcome }
  | { readonly kind: 'dsn'; readonly outcome: DsnReading }
  | { readonly kind: 'gate'; readonly outcome: boolean };

/** A fault of ours is told as one: an error's text may quote the message. */
export function doMimeTask(task: MimeTask): MimeOutcome {
  try {
    if (task.kind === 'relay') return { kind: 'relay', outcome: relay(task.job) };
    const raw = Buffer.from(task.raw.buffer, task.raw.byteOffset, task.raw.byteLength);
    return task.kind === 'dsn'
      ? { kind: 'dsn', outcome: readDsn(raw) }
      : { kind: 'gate', outcome: findsLeak(raw, task.rules) };
  } catch {
    return failedTask(task, 'fault');
  }
}

/** The outcome of a task that could not be done: nothing goes on that nobody has looked into. */
export function failedTask(task: MimeTask, reason: 'fault' | 'too-expensive'): MimeOutcome {
  if (task.kind === 'relay') return { kind: 'relay', outcome: unreadable(task.job, reason) };
  return task.kind === 'dsn' ? { kind: 'dsn', outcome: { kind: 'unreadable' } } : { kind: 'gate', outcome: true };
}
