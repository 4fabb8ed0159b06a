import { Controller, HttpCode, HttpStatus, Inject, NotFoundException, Post, Req, UseFilters } from '@nestjs/common';
import { type Clock } from '../../../kernel/clock.js';
import { TrackerError } from '../../../kernel/errors.js';
import { TrackerDatabase } from '../../../persistence/tracker-database.js';
import { ProblemFilter } from '../../../ports/rest/problem.filter.js';
import { CLOCK, TRACKER_OPTIONS, type TrackerOptions } from '../../../ports/tracker-options.js';
import { InboundMailServer } from '../../relay/inbound-mail.js';
import { DigestedContent } from './digested-content.js';
import { mailProblem, nobodyGetsIt, rejection } from './mail-problem.js';
import { contentOf, lead, type MailRequest } from './request-content.js';
import { SeenSignatures } from './seen-signatures.js';
import { pickupEnvelope } from './signed-request.js';
import { WebhookGate } from './webhook-gate.js';

export interface RawMailReceipt {
  /** Of the message, as the log of the sender may keep it. */
  id: string;
  /** Recipients who do not get it, by their place in `X-Envelope-To`, from 0. */
  rejected: ReturnType<typeof rejection>[];
}

/**
 * Takes raw messages from whoever has a secret: another mail server, a provider, the command `deliver`. The signature is its
 * guard, not the AccessPolicy: who posts is a program, and acts for no store.
 */
@Controller('conversation-tracker/inbound')
@UseFilters(ProblemFilter)
export class RawMailController {
  private readonly gate: WebhookGate | undefined;

  constructor(
    private readonly mail: InboundMailServer,
    @Inject(TRACKER_OPTIONS) { inbound }: TrackerOptions,
    database: TrackerDatabase,
    @Inject(CLOCK) clock: Clock,
  ) {
    const { webhookSecrets = [] } = inbound ?? {};
    if (webhookSecrets.length === 0) return;
    this.gate = new WebhookGate(webhookSecrets, new SeenSignatures(database, clock), clock);
  }

  /** Answers 202 when the message is as durable as SMTP's 250 says (R1). */
  @Post('raw')
  @HttpCode(HttpStatus.ACCEPTED)
  async take(@Req() request: MailRequest): Promise<RawMailReceipt> {
    if (!this.gate) throw new NotFoundException();
    const source = contentOf(request);
    try {
      const signed = await this.gate.open(request.headers);
      const envelope = pickupEnvelope(signed, request.headers);
      const { way } = this.mail;
      if (!way) throw new TrackerError('mail-deferred', 'not available, try again later');
      const content = new DigestedContent(signed.contentDigest);
      lead(source, content);
      const { id, rejected } = await way.receive(envelope, content);
      if (id === undefined) throw nobodyGetsIt(rejected);
      return { id, rejected: rejected.map(rejection) };
    } catch (error) {
      throw mailProblem(error);
    } finally {
      // A client that still writes reads no answer.
      source.resume();
    }
  }
}
