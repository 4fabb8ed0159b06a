import { type DnsResolver } from '../../ports/dns-resolver.js';
import { type DnsQuestions } from './dns-check.js';

/** Nobody waits longer for a page. */
const PATIENCE_MS = 6_000;

/** The questions of the check, asked through the port. A name server that is silent is a fault of the look-up. */
export function questionsOf(resolver: DnsResolver): DnsQuestions {
  return {
    resolveMx: (name) => inTime(resolver.resolve(name, 'MX')) as Promise<{ exchange: string }[]>,
    resolveTxt: (name) => inTime(resolver.resolve(name, 'TXT')) as Promise<string[][]>,
  };
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<never>((_, reject) => {
    const error = Object.assign(new Error('no answer'), { code: 'ETIMEOUT' });
    timer = setTimeout(() => reject(error), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, timeUp]);
  } finally {
    clearTimeout(timer);
  }
}
