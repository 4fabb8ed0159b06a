/** Every error that the package tells a caller, by its stable code. `type` of the problem document is made from the code. */
export const trackerErrors = {
  'order-not-found': { status: 404, title: 'No such order' },
  'alias-not-found': { status: 404, title: 'No such alias' },
  'alias-not-renewable': { status: 409, title: 'The alias cannot be renewed' },
  'message-not-found': { status: 404, title: 'No such message' },
  'canned-reply-not-found': { status: 404, title: 'No such canned reply' },
  'erasure-not-found': { status: 404, title: 'No such erasure' },
  'attachment-not-found': { status: 404, title: 'No such attachment' },
  'message-not-held': { status: 409, title: 'The message is not held' },
  'message-not-releasable': { status: 409, title: 'The message cannot be released' },
  'nothing-to-resend': { status: 409, title: 'Nothing of the message can be sent again' },
  'invalid-input': { status: 422, title: 'The request is not valid' },
  'message-too-large': { status: 413, title: 'The message is too large' },
  'reveal-quota-spent': { status: 429, title: 'No more real addresses for now' },
  'access-denied': { status: 403, title: 'Not allowed' },
  'form-stale': { status: 403, title: 'The form is too old' },
  'signature-invalid': { status: 401, title: 'The signature is not valid' },
  'signature-replayed': { status: 409, title: 'The request was made before' },
  'mail-refused': { status: 422, title: 'The message was not taken' },
  'mail-rate-limited': { status: 429, title: 'Too much mail' },
  'mail-deferred': { status: 503, title: 'The message cannot be taken now' },
  'address-leak': { status: 500, title: 'A mail would have shown a real address' },
  'template-changed': { status: 409, title: 'The template was changed meanwhile' },
  'template-version-not-found': { status: 404, title: 'No such version of the template' },
  'template-invalid': { status: 500, title: 'A mail template is not valid' },
  'configuration-invalid': { status: 500, title: 'The conversation tracker is not configured correctly' },
  'database-unavailable': { status: 503, title: 'The database does not answer' },
} as const satisfies Record<string, { status: number; title: string }>;

export type TrackerErrorCode = keyof typeof trackerErrors;

/** What is wrong with one field of a request; `message` says what would be right and never repeats an address. */
export interface FieldError {
  field: string;
  /** Of the text of that field, counted from 1. */
  line?: number;
  message: string;
  /** Why the store does not want it; a word of the docs. */
  reason?: string;
}

/** An error of the package. Known by `code`, not by class: a host may hold both the CJS and the ESM build. */
export class TrackerError extends Error {
  readonly status: number;

  constructor(
    readonly code: TrackerErrorCode,
    /** What happened and what to do next; free of addresses. */
    readonly detail: string,
    readonly errors: readonly FieldError[] = [],
    /** When to ask again: the header Retry-After (RFC 9110 §10.2.3). */
    readonly retryAfterSeconds?: number,
  ) {
    super(`${code}: ${detail}`);
    this.name = 'TrackerError';
    this.status = trackerErrors[code].status;
  }
}

export function isTrackerError(value: unknown): value is TrackerError {
  return value instanceof Error && 'code' in value && typeof value.code === 'string' && value.code in trackerErrors;
}

/** RFC 9457 problem document. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: readonly FieldError[];
}

export function toProblem(error: TrackerError): Problem {
  const { code, status, detail, errors } = error;
  const problem: Problem = {
    type: `urn:conversation-tracker:${code}`,
    title: trackerErrors[code].title,
    status,
    detail,
  };
  return errors.length > 0 ? { ...problem, errors } : problem;
}
