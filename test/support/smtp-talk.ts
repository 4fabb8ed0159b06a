import { connect, type Socket } from 'node:net';

/** An SMTP client that says exactly what it is told, for what no library would send. */
export class SmtpTalk {
  private heard = '';
  private closed = false;
  private wake: () => void = () => undefined;

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.heard += text;
      this.wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.closed = true;
      this.wake();
    });
  }

  /** Without waiting for the greeting. */
  static open(port: number, host = '127.0.0.1'): SmtpTalk {
    return new SmtpTalk(connect(port, host));
  }

  /** After EHLO, and MAIL and RCPT where recipients are named. */
  static async greet(port: number, ...recipients: string[]): Promise<SmtpTalk> {
    const talk = SmtpTalk.open(port);
    await talk.reply();
    await talk.ask('EHLO mx.shop.example');
    if (recipients.length > 0) await talk.ask('MAIL FROM:<juan@shop.example>');
    for (const recipient of recipients) await talk.ask(`RCPT TO:<${recipient}>`);
    return talk;
  }

  say(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** One command, and the whole reply to it. */
  ask(command: string): Promise<string> {
    this.say(`${command}\r\n`);
    return this.reply();
  }

  /** The next reply, its last line at the end; `''` where the connection ended instead. */
  async reply(): Promise<string> {
    for (;;) {
      const match = /^(?:\d{3}-.*\r\n)*\d{3}(?: .*)?\r\n/.exec(this.heard);
      if (match) {
        this.heard = this.heard.slice(match[0].length);
        return match[0].trimEnd();
      }
      if (this.closed) return '';
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  end(): void {
    this.socket.destroy();
  }
}
