import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { invalidInput } from '../problem/problem.js';

const SHORTEST = 5;
const LONGEST = 500;

/** Why somebody wants to see real data: the header `X-Reason`, or `?reason=` where a header cannot carry the text. */
export const Reason = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const request = context.switchToHttp().getRequest<Request>();
  const given = request.get('x-reason') ?? request.query.reason;
  const reason = typeof given === 'string' ? given.trim() : '';
  if (reason.length < SHORTEST || reason.length > LONGEST) {
    const message = `Say in ${SHORTEST} to ${LONGEST} characters why you need to see this`;
    throw invalidInput([{ field: 'X-Reason', message }]);
  }
  return reason;
});
