import type { EditNote, HeldReason } from './edit-plan.js';
import type { MimeEntity } from './message-tree.js';

const ENCRYPTED = new Set(['multipart/encrypted', 'application/pgp-encrypted']);
const SMIME = new Set(['application/pkcs7-mime', 'application/x-pkcs7-mime']);
const TNEF = new Set(['application/ms-tnef', 'application/vnd.ms-tnef']);
/** Text that is somewhere else, or cut into several messages (RFC 2046 §5.2.2, §5.2.3). */
const ELSEWHERE = new Set(['message/partial', 'message/external-body']);
const SIGNATURES = new Set([
  'application/pgp-signature',
  'application/pkcs7-signature',
  'application/x-pkcs7-signature',
]);

/** Why nobody can tell what an entity shows (MAIL-RULES R36); undefined where one can. */
export function opaqueReason(entity: MimeEntity): HeldReason | undefined {
  const { type, parameters, fileName } = entity;
  if (ENCRYPTED.has(type)) return 'encrypted';
  if (SMIME.has(type)) return parameters.get('smime-type')?.text === 'signed-data' ? 'opaque' : 'encrypted';
  if (ELSEWHERE.has(type)) return 'opaque';
  const name = fileName.toLowerCase();
  if (TNEF.has(type) || name === 'winmail.dat') return 'tnef';
  return name === 'smime.p7m' ? 'encrypted' : undefined;
}

/** What goes because it names a person: a signature by its certificate, a key by its owner (R36). */
export function removalOf({ type }: MimeEntity): EditNote | undefined {
  if (SIGNATURES.has(type)) return 'signature-removed';
  return type === 'application/pgp-keys' ? 'key-removed' : undefined;
}
