/** A refusal, as the client is told it. The text names no address. */
export class SmtpReply extends Error {
  constructor(
    readonly responseCode: number,
    /** RFC 3463, such as 5.1.1. */
    readonly enhancedCode: string,
    readonly text: string,
    /** Whether the connection ends with it. */
    readonly cuts = false,
  ) {
    super(`${enhancedCode} ${text}`);
    this.name = 'SmtpReply';
  }
}

/** What is wrong with the header or the form of a message itself (R7, R13). */
export class MessageFault extends SmtpReply {
  constructor(readonly fault: string) {
    super(550, '5.6.0', fault);
  }
}

/** Every refusal of the way in, by what is wrong. */
export const smtpReplies = {
  // One text for unknown, expired, revoked and erased aliases: nobody learns which of them it was (R3).
  noMailbox: () => new SmtpReply(550, '5.1.1', 'No such mailbox here'),
  tooManyMisses: () => new SmtpReply(421, '4.7.0', 'Too many unknown recipients', true),
  noRelay: () => new SmtpReply(550, '5.7.1', 'Relaying is not allowed'),
  noRoute: () => new SmtpReply(550, '5.1.3', 'Routes in an address are not supported'),
  slowDown: () => new SmtpReply(450, '4.7.1', 'Too much mail, try again later'),
  tooManyConnections: () => new SmtpReply(421, '4.7.0', 'Too many connections, try again later', true),
  notNow: () => new SmtpReply(451, '4.3.0', 'Not available, try again later'),
  diskFull: () => new SmtpReply(452, '4.3.1', 'No room for more mail, try again later'),
  tooManyRecipients: () => new SmtpReply(452, '4.5.3', 'Too many recipients'),
  tooBig: () => new SmtpReply(552, '5.3.4', 'The message is too big', true),
  tooSlow: () => new SmtpReply(421, '4.4.2', 'The message takes too long', true),
  brokenLines: () => new SmtpReply(550, '5.6.0', 'Bare CR, bare LF or NUL in the message', true),
  brokenCommand: () => new SmtpReply(500, '5.5.2', 'Bare CR, bare LF or NUL in a command', true),
  earlyData: () => new SmtpReply(503, '5.5.1', 'The message came before 354', true),
  badCredentials: () => new SmtpReply(535, '5.7.8', 'Wrong name or password'),
  tooManyAttempts: () => new SmtpReply(421, '4.7.0', 'Too many wrong passwords', true),
  noBulk: () => new SmtpReply(550, '5.7.1', 'Mailing lists and advertising are not taken here'),
  badMessage: (why: string) => new MessageFault(why),
} as const;

/** What a client is told of an error that is not meant for it. */
export function asSmtpReply(error: unknown): SmtpReply {
  return error instanceof SmtpReply ? error : smtpReplies.notNow();
}
