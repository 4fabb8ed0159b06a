import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type AccessGrant, type TrackerAction } from '../../ports/access-policy.js';
import { type Language } from '../texts/language.js';
import { type TextKey, textOf, type TextValues } from '../texts/texts.js';
import { type PageRequest } from './page-request.js';
import { type StoreFormat } from './store-format.js';

export interface VisitFacts {
  /** Missing on the page that says who may not see this one. */
  grant?: Required<AccessGrant>;
  /** Path below which the pages lie. */
  base: string;
  /** Of this page, below `base`, with its query. */
  path: string;
  secure: boolean;
  /** The answer goes into a page that stands already. */
  isPartial: boolean;
  language: Language;
  format: StoreFormat;
  storeName: string;
  /** For the forms of the page. */
  token: string;
  /** What was done on the way here. */
  said?: TextKey;
}

/** One request for a page: who asks, of which store, in which language. */
export class PageVisit {
  /** Sent with the answer. */
  readonly cookies: string[] = [];
  private readonly asked = new Map<TrackerAction, Promise<Required<AccessGrant> | undefined>>();

  constructor(
    readonly facts: VisitFacts,
    private readonly ask: (action: TrackerAction) => Promise<Required<AccessGrant> | undefined>,
  ) {}

  /** @throws where the AccessPolicy granted nothing: a page is only shown after it did. */
  get grant(): Required<AccessGrant> {
    if (!this.facts.grant) throw new Error('nobody was granted this page');
    return this.facts.grant;
  }

  get storeId(): string {
    return this.grant.storeId;
  }

  /** What the AccessPolicy grants for something else in the same store; undefined where it says no. */
  grantFor(action: TrackerAction): Promise<Required<AccessGrant> | undefined> {
    const asked = this.asked.get(action) ?? this.ask(action);
    this.asked.set(action, asked);
    return asked;
  }

  /** Whether the person may do something else as well, so that a page offers only what will be taken. */
  async may(action: TrackerAction): Promise<boolean> {
    return (await this.grantFor(action)) !== undefined;
  }

  text(key: TextKey, values?: TextValues): string {
    return textOf(this.facts.language, key, values);
  }

  url(path: string): string {
    return this.facts.base + path;
  }
}

/** The visit that the guards made. */
export const Visit = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<PageRequest>().pageVisit,
);

export type SentForm = NonNullable<PageRequest['pageForm']>;

/** The fields and files of the form that was sent, its token checked. */
export const Form = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<PageRequest>().pageForm,
);
