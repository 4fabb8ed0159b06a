import { createHash, timingSafeEqual } from 'node:crypto';

/** In a time that tells nothing of where they differ, nor of how long they are. */
export function sameSecret(given: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
