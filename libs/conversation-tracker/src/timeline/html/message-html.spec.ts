import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { libraryPath } from './library-path.js';
import { MessageHtml } from './message-html.js';

const html = new MessageHtml();
afterAll(() => html.onApplicationShutdown());

describe('HTML of messages', () => {
  it('R43 is made safe in a thread', async () => {
    expect(await html.safe('<p onclick="x()">Hello<script>x()</script></p>')).toEqual({
      html: '<p>Hello</p>',
      remoteImages: 0,
    });
    expect(await html.safe('')).toEqual({ html: '', remoteImages: 0 });
  });

  it('R43 is given up where it takes too long, at once the next time, and other HTML is shown meanwhile', async () => {
    const hasty = new MessageHtml({ size: 2, deadlineMs: 700 });
    const bomb = '<div>'.repeat(200_000);
    const [first, other] = await Promise.all([hasty.safe(bomb), hasty.safe('<p>other</p>')]);
    expect(first).toBeUndefined();
    expect(other?.html).toBe('<p>other</p>');
    await hasty.onApplicationShutdown();
    // No thread is asked: it would refuse.
    expect(await hasty.safe(bomb)).toBeUndefined();
  });

  it('R43 is given up where it takes too much memory', async () => {
    const poor = new MessageHtml({ size: 1, heapMb: 8 });
    expect(await poor.safe('<p>&#97;</p>'.repeat(80_000))).toBeUndefined();
    await poor.onApplicationShutdown();
  });
});

describe('the library that makes HTML safe', () => {
  const [, program] = process.argv;
  const directory = process.cwd();
  beforeAll(() => {
    process.chdir(tmpdir());
    process.argv[1] = '/nowhere/host.js';
  });
  afterAll(() => {
    process.chdir(directory);
    process.argv[1] = program;
  });

  it('is found wherever the host was started from', () => {
    expect(libraryPath('sanitize-html')).toContain('node_modules/sanitize-html');
    expect(libraryPath('a-library-that-nobody-has')).toBeUndefined();
  });
});
