import type { LoggerService } from '@nestjs/common';

/** Keeps every line that the OMS logs, of every level. */
export class DemoLog implements LoggerService {
  readonly lines: string[] = [];

  log = (...parts: unknown[]): void => this.keep(parts);
  error = this.log;
  warn = this.log;
  debug = this.log;
  verbose = this.log;
  fatal = this.log;

  private keep(parts: unknown[]): void {
    this.lines.push(parts.map((part) => (part instanceof Error ? String(part.stack) : JSON.stringify(part))).join(' '));
  }
}
