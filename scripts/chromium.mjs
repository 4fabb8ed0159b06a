// One headless Chromium, spoken to over its debugging pipe (Chrome DevTools Protocol): no driver to install.
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The browser that CHROMIUM names, else the first one in PATH. */
export function browserPath() {
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isExecutable);
  const path = process.env.CHROMIUM ?? found;
  if (!path) throw new Error(`No browser found: install Debian's chromium, or name one in the variable CHROMIUM`);
  return path;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts the browser with one empty page. `close()` it, or this process does not end. */
export async function openPage() {
  // Chromium's sandbox refuses to run as root, as in a container.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const flags = ['--headless', '--remote-debugging-pipe', '--hide-scrollbars', '--disable-gpu', ...sandbox];
  const browser = spawn(browserPath(), flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => browser.once('close', resolve));
  const command = commandsOver(browser);
  const { targetId } = await command('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await command('Target.attachToTarget', { targetId, flatten: true });
  const send = (method, params) => command(method, params, sessionId);
  const { frameTree } = await send('Page.getFrameTree');
  return {
    send,
    /** Shows a document in a viewport. */
    async show(html, { width, scheme = 'light', height = 800 }) {
      await send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 600 });
      await send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
      await send('Page.setDocumentContent', { frameId: frameTree.frame.id, html });
    },
    /** What a function gives that runs in the page. */
    async evaluate(inPage) {
      const expression = `(${inPage})()`;
      const { result, exceptionDetails } = await send('Runtime.evaluate', {
        expression,
        awaitPromise: true,
        returnByValue: true,
      });
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    },
    /** The whole document, as the bytes of a picture. */
    async picture(options) {
      const { cssContentSize, cssLayoutViewport } = await send('Page.getLayoutMetrics');
      const clip = { x: 0, y: 0, width: cssLayoutViewport.clientWidth, height: cssContentSize.height, scale: 1 };
      const { data } = await send('Page.captureScreenshot', { captureBeyondViewport: true, clip, ...options });
      return Buffer.from(data, 'base64');
    },
    async close() {
      await command('Browser.close');
      await ended;
    },
  };
}

/** Messages are JSON, each ended by a NUL: ours go into descriptor 3, the browser's come out of 4. */
function commandsOver(browser) {
  const [, , , into, out] = browser.stdio;
  const waiting = new Map();
  let unread = '';
  let last = 0;
  out.setEncoding('utf8').on('data', (chunk) => {
    const messages = (unread + chunk).split('\0');
    unread = messages.pop();
    for (const { id, result, error } of messages.map((message) => JSON.parse(message))) {
      const answer = waiting.get(id);
      if (!answer) continue;
      waiting.delete(id);
      if (error) answer.reject(new Error(error.message));
      else answer.resolve(result);
    }
  });
  const fail = (error) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  into.on('error', fail);
  browser.once('error', fail);
  browser.once('close', (code) => fail(new Error(`The browser ended (exit code ${code})`)));
  return (method, params, sessionId) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, { resolve, reject });
      into.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
}
