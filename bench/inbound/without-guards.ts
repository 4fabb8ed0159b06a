/**
 * Takes away what the package has no switch for, in the process of a benchmark alone: to see what it costs.
 */
import crypto, { type CipherGCM, type DecipherGCM } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { type INestApplicationContext } from '@nestjs/common';
import { MailauthVerifier } from '../../libs/conversation-tracker/src/mailer/inbound/verdict/mailauth-verifier.js';
import { MimeWorkers } from '../../libs/conversation-tracker/src/mailer/relay/mime-worker.js';

/** Whoever writes is believed. */
export function liftAuthentication(): void {
  MailauthVerifier.prototype.verify = async (message) => {
    message.resume();
    return { dmarc: 'pass', spf: 'pass', dkimDomains: [] };
  };
}

/** Ciphers give back what they are given. */
export function liftEncryption(): void {
  const none = {
    setAAD: () => none,
    setAuthTag: () => none,
    update: (data: string | Buffer) => (typeof data === 'string' ? Buffer.from(data) : data),
    final: () => Buffer.alloc(0),
    getAuthTag: () => Buffer.alloc(16),
  };
  crypto.createCipheriv = () => none as unknown as CipherGCM;
  crypto.createDecipheriv = () => none as unknown as DecipherGCM;
  syncBuiltinESMExports();
}

/** Where nothing is protected, the gate does not look. */
export function liftGate(app: INestApplicationContext): void {
  const workers = app.get(MimeWorkers, { strict: false });
  const run = workers.run.bind(workers);
  workers.run = (job) => {
    const copies = job.copies.map((copy) => ({ ...copy, gate: { ...copy.gate, protect: [] } }));
    return run({ ...job, copies });
  };
}
