import { TrackerError } from '../kernel/errors.js';

/** What the pages need to know of the host. */
export interface AdminOptions {
  signInUrl?: string;
  signOutUrl?: string;
  frameAncestors?: readonly string[];
}

export const ADMIN_OPTIONS = Symbol.for('nestjs-conversation-tracker/admin-options');

/** A host source of CSP (Level 3 §2.3.1) without path and wildcard, so that nothing else gets into the header. */
const ORIGIN = /^https?:\/\/[\w.-]+(:\d{1,5})?$/;

/** @throws TrackerError `configuration-invalid` for what is no origin. */
export function checkAdminOptions(options: AdminOptions): AdminOptions {
  const wrong = options.frameAncestors?.find((one) => one !== 'self' && !ORIGIN.test(one));
  if (wrong === undefined) return options;
  throw new TrackerError(
    'configuration-invalid',
    `admin.frameAncestors: give 'self' or origins such as https://oms.example.com, not "${wrong}"`,
  );
}
