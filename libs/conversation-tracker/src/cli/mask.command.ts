import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type CommandOutput } from './command-output.js';
import { type JsonDocument, maskDocuments, type MaskedDocument } from './mask-documents.js';

const USAGE = `Usage: mask FILE.json … [--order-id NAME] [--json]

Shows what masking does to JSON documents, with a scratch database. Nothing is kept and no file is changed.

  --order-id NAME   the member that holds an order's id (default: orderId)
  --json            one object with every masked document, instead of a summary

Exit status: 0 when no address is left, 1 when one is, 2 when a file or an option is wrong.
`;

/** @returns the exit status. */
export async function maskCommand(args: readonly string[], write: CommandOutput): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { 'order-id': { type: 'string', default: 'orderId' }, json: { type: 'boolean', default: false } },
    });
    if (positionals.length === 0) throw new Error('name at least one file');
    const documents = await maskDocuments(await Promise.all(positionals.map(readDocument)), values['order-id']);
    write.out(values.json ? `${JSON.stringify({ documents })}\n` : documents.map(summary).join('\n'));
    return documents.some(({ left }) => left.length > 0) ? 1 : 0;
  } catch (error) {
    write.error(`mask: ${error instanceof Error ? error.message : 'failed'}\n\n${USAGE}`);
    return 2;
  }
}

async function readDocument(file: string): Promise<JsonDocument> {
  const text = (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  try {
    JSON.parse(text);
  } catch {
    // The parser's message would quote the document.
    throw new Error(`${file} is no JSON`);
  }
  return { file, text };
}

function summary({ file, orders, replaced, freeText, left }: MaskedDocument): string {
  const inText = freeText.reduce((sum, { count }) => sum + count, 0);
  const total = replaced.length + inText;
  return [
    `${file}: ${total} ${total === 1 ? 'address' : 'addresses'} replaced, ${inText} of them where a list of fields would miss them`,
    ...(orders === 0 ? ['  no order was found: name the member with its id by --order-id'] : []),
    ...replaced.map(({ path, role }) => `  ${path}  (${role})`),
    ...freeText.map(({ path, count }) => `  ${path}  (text, ${count})`),
    ...left.map(({ path }) => `  ${path}  LEFT`),
    '',
  ].join('\n');
}
