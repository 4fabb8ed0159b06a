/** The mail that comes in, as a host sees it: inject it to learn where aliases are served. */
export abstract class InboundMail {
  /** Where SMTP is spoken, from the start of the application on; undefined where it is not. */
  abstract get port(): number | undefined;

  /** How many messages this process has taken since its start, by SMTP and otherwise. */
  abstract get accepted(): number;
}
