/** Where mail to aliases is handed in. A global module that provides it is enough; without one the inbox can only be read. */
export abstract class MailEntrance {
  /** The SMTP port on loopback; undefined while none is open. */
  abstract readonly port: number | undefined;
}
