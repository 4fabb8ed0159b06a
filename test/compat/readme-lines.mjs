import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const read = (path) => readFile(fileURLToPath(new URL(path, import.meta.url)), 'utf8');
const dense = (code) => code.replace(/\s+/g, ' ');

/**
 * What the README tells hosts to write and the app of the README's row does not say: the row compiles and runs the rest.
 * @returns {Promise<string[]>} the pieces of code that stand in the README alone
 */
export async function readmeLinesNotInApp() {
  const [, section] = /^## Embed it$(.*?)^## /ms.exec(await read('../../README.md')) ?? [];
  const blocks = [...(section ?? '').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code);
  if (blocks.length !== 2) return ['the README has no section "Embed it" with the module and the three calls'];
  const [module, calls] = blocks;
  const app = dense(await read('app/readme-app.module.ts'));
  const controller = dense(await read('app/orders.controller.ts'));
  const callLines = calls.split('\n').map((line) => dense(line.replace(/\/\/.*$/, '')).trim());
  return [
    ...(app.includes(dense(module).trim()) ? [] : [module]),
    ...callLines.filter((line) => !controller.includes(line)),
  ];
}
