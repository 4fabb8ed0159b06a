export interface FieldError {
  /** Where in the request, as `items[0].price`. */
  field: string;
  message: string;
}

/** What went wrong, for who made the request: becomes an RFC 9457 problem document. Never put an address into one. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: number,
    /** Stable, kebab-case: the last part of the document's `type`. */
    readonly code: string,
    readonly title: string,
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(title);
  }
}

export const invalidInput = (errors: FieldError[]): Problem =>
  new Problem(422, 'invalid-input', 'Some fields are not valid', { errors });

/** The same for an order nobody has and for one of another store, so that nobody can probe for other stores' orders. */
export const orderNotFound = (): Problem => new Problem(404, 'order-not-found', 'There is no such order in this store');
