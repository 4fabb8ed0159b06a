import { createRequire } from 'node:module';
import { SMTPServer } from 'smtp-server';
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js';
import { describe, expect, it } from 'vitest';

const { version } = createRequire(import.meta.url)('smtp-server/package.json') as { version: string };
const source = (of: { toString(): string }) => of.toString().replaceAll(/\s+/g, ' ');

/** A trip wire: what `smtp-server-internals.ts` overrides must still be there, and be called as it was. */
describe('the insides of smtp-server that we touch', () => {
  it('R2 are those of the version that they were read in', () => {
    expect(version).toBe('3.21.6');
  });

  it('R2 reads through _write and startDataMode, and first hands on what stood behind DATA', () => {
    const write = source(SMTPStream);
    expect(write).toContain(
      "let buf = Buffer.from(data.slice(pos), 'binary'); this._remainder = ''; return this._write(buf, 'buffer', done);",
    );
    expect(source(SMTPStream)).toContain('this._dataMode = true');
    expect(source(SMTPStream)).toContain('END_SEQUENCE');
    expect(source(SMTPStream)).toContain('this._lastBytes = chunk.subarray(chunk.length - 4)');
  });

  it('makes its parser in _createParser, also after STARTTLS, and waits in init', () => {
    expect(source(SMTPConnection)).toContain('this._parser = this._createParser()');
    expect(source(SMTPConnection)).toContain('this._parser = this._createParser()');
    expect(source(SMTPConnection)).toContain(
      'parser.oncommand = (command, callback) => this._onCommand(command, callback)',
    );
    expect(source(SMTPConnection)).toContain('setTimeout(() => this.connectionReady(), 100)');
    expect(source(SMTPServer)).toContain('new SMTPConnection(this, socket, socketOptions)');
  });

  it('writes every reply in send, and keeps one session object a connection', () => {
    expect(source(SMTPConnection)).toContain('if (code === 421)');
    expect(source(SMTPConnection)).toContain('let session = this.session');
  });
});
