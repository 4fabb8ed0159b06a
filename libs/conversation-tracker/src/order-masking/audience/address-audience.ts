import { type ExecutionContext, Inject, Injectable, Logger } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { isTrackerError } from '../../kernel/errors.js';
import { ACCESS_POLICY, type AccessGrant, type AccessPolicy } from '../../ports/access-policy.js';
import { resolveGrant } from '../../ports/rest/requires.decorator.js';
import { CLOCK, TRACKER_OPTIONS, type TrackerOptions } from '../../ports/tracker-options.js';
import { type BodyMask } from '../http-body-mask.js';
import { MaskedJson } from '../masked-json.js';
import { routeName } from '../route-name.js';
import { RevealRecord, type Viewing } from './reveal-record.js';

const WARN_EVERY_MS = 60_000;

/** Decides who is shown real addresses on masked routes, and lets none leave that the audit does not know of. */
@Injectable()
export class AddressAudience {
  private readonly logger = new Logger('ConversationTracker');
  private warnedAt = -Infinity;

  constructor(
    private readonly record: RevealRecord,
    @Inject(ACCESS_POLICY) private readonly policy: AccessPolicy,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TRACKER_OPTIONS) private readonly options: TrackerOptions,
  ) {}

  /** @param aliases how the response is masked for everybody else. */
  maskFor(context: ExecutionContext, storeId: string, aliases: BodyMask): BodyMask | Promise<BodyMask> {
    const { audience } = this.options;
    if (!audience) return aliases;
    return this.grantToShowReal(context, storeId, audience).then((grant) => {
      if (!grant) return aliases;
      const { actor, revealsPerDay } = grant;
      return this.revealing({ storeId, route: routeName(context), actor, revealsPerDay }, aliases);
    });
  }

  private async grantToShowReal(
    context: ExecutionContext,
    storeId: string,
    audience: NonNullable<TrackerOptions['audience']>,
  ): Promise<Required<AccessGrant> | undefined> {
    try {
      if ((await audience(context)) !== 'real') return undefined;
    } catch (error) {
      this.warn('the option "audience" failed', error);
      return undefined;
    }
    try {
      const given = await this.policy.authorize('addresses.read', context);
      const grant = given && resolveGrant(given, this.options);
      return grant?.storeId === storeId ? grant : undefined;
    } catch {
      // A policy may refuse by an HttpException, which is its answer for the tracker's own routes.
      return undefined;
    }
  }

  private revealing(viewer: Viewing, aliases: BodyMask): BodyMask {
    const reveal = async <T>(text: string, real: T, masked: () => T | Promise<T>): Promise<T> => {
      try {
        await this.record.of(viewer, text);
        return real;
      } catch (error) {
        this.warn('real addresses could not be audited', error);
        return masked();
      }
    };
    return {
      value: (body) => {
        const text = JSON.stringify(body) as string | undefined;
        return text === undefined ? undefined : reveal(text, new MaskedJson([text]), () => aliases.value(body));
      },
      text: (text) => reveal(text, text, () => aliases.text(text)),
      serialized: (text, body) => reveal(text, text, () => aliases.serialized(text, body)),
    };
  }

  private warn(what: string, error: unknown): void {
    const now = this.clock.now();
    if (now - this.warnedAt < WARN_EVERY_MS) return;
    this.warnedAt = now;
    // The class, or our own code, alone: a message may quote an address.
    const name = isTrackerError(error) ? error.code : error instanceof Error ? error.name : 'unknown error';
    this.logger.warn(`${what} (${name}): responses show aliases`);
  }
}
