import { type TextKey } from '../texts/texts.js';

/** A place on the way from the start to a page. */
export interface Crumb {
  label: string;
  /** Below the pages' path; left out for what is no page of its own. */
  path?: string;
}

/** What a handler shows: a template and what it is filled with. */
export class Page {
  readonly status: number;

  constructor(
    /** Path below templates/admin. */
    readonly template: string,
    readonly head: { title: string; crumbs?: readonly Crumb[]; section?: Section },
    readonly model: object = {},
    { status = 200 }: { status?: number } = {},
  ) {
    this.status = status;
  }
}

/** A piece of a page that stands already in the browser. */
export class Fragment {
  constructor(
    readonly template: string,
    readonly model: object = {},
  ) {}
}

/** Where to go after something was done (303), and what is said there once. */
export class SeeOther {
  constructor(
    /** Below the pages' path. */
    readonly path: string,
    readonly said?: TextKey,
  ) {}
}

/** What is marked in the navigation. */
export type Section = 'orders' | 'held' | 'settings';
