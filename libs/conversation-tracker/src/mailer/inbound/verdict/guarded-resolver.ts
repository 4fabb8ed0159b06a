import { type DnsResolver } from '../../../ports/dns-resolver.js';

const NAME = /^[A-Za-z0-9_.-]{1,253}$/;

/** Asks for one message, and remembers whether an answer is missing only for now. */
export class GuardedResolver {
  /** A name server did not answer: what follows from silence proves nothing (R14). */
  faulted = false;

  constructor(private readonly resolver: DnsResolver) {}

  /** Whoever writes a mail writes the names that are asked for: what is no host name is not asked for (R15). */
  readonly resolve = async (name: string, type: string): Promise<never> => {
    if (!NAME.test(name)) throw Object.assign(new Error('no name that is asked for'), { code: 'ENOTFOUND' });
    try {
      return (await this.resolver.resolve(name, type)) as never;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code !== 'ENOTFOUND' && code !== 'ENODATA') this.faulted = true;
      throw error;
    }
  };
}
