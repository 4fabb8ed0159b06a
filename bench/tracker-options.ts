import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ConversationTrackerExtras,
  type ConversationTrackerOptions,
} from '../libs/conversation-tracker/src/index.js';

type Given = ConversationTrackerOptions & ConversationTrackerExtras;

/** The same for every host: several read the same rows. */
const keySet = (purpose: string) => ({
  current: 'bench',
  keys: { bench: createHash('sha256').update(`benchmark ${purpose}`).digest('hex') },
});

/** All that the package does in production but a mail server. */
export function trackerOptions(given: Partial<Given> = {}): Given {
  return {
    trackerDomain: 'ct.example.com',
    keys: { encryption: keySet('encryption'), index: keySet('index'), alias: keySet('alias') },
    mail: { send: () => Promise.reject(new Error('benchmarks send no mail')), close: () => Promise.resolve() },
    dataDirectory: join(tmpdir(), 'ct-bench-blobs'),
    orderSource: { useValue: { findOrder: () => Promise.resolve(undefined) } },
    accessPolicy: { useValue: { authorize: () => undefined } },
    ...given,
  };
}
