/** The mail that comes in, as a host sees it: inject it to learn where aliases are served. */
export abstract class InboundMail {
  /** Where SMTP is spoken, from the start of the application on; undefined where it is not. */
  abstract get port(): number | undefined;
}
