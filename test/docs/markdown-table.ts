import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One row of a table: heading → cell, as written but without backticks. */
export type Row = Readonly<Record<string, string>>;

/** The rows of every table in a page of docs/reference whose first heading is `heading`. */
export function readTable(page: string, heading: string): Row[] {
  const path = fileURLToPath(new URL(`../../docs/reference/${page}`, import.meta.url));
  const rows: Row[] = [];
  let headings: string[] | undefined;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const cells = cellsOf(line);
    if (!cells) headings = undefined;
    else if (!headings) headings = cells;
    else if (headings[0] === heading && !/^-+$/.test(cells[0])) {
      rows.push(Object.fromEntries(headings.map((name, n) => [name, cells[n] ?? ''])));
    }
  }
  return rows;
}

function cellsOf(line: string): string[] | undefined {
  if (!line.startsWith('|')) return undefined;
  // `\|` is a bar within a cell.
  const cells = line
    .trim()
    .slice(1, -1)
    .split(/(?<!\\)\|/);
  return cells.map((cell) => cell.replaceAll('\\|', '|').replaceAll('`', '').trim());
}
