/** What the pages need to know of the host. */
export interface AdminOptions {
  signInUrl?: string;
  signOutUrl?: string;
}

export const ADMIN_OPTIONS = Symbol.for('nestjs-conversation-tracker/admin-options');
