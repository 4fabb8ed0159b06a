import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { canaryOf, places } from './canaries.js';
import { formsIn } from './find-canary.js';

export interface SearchReport {
  files: number;
  octets: number;
  /** Where which canary shows, and how; never the bytes around it. */
  hits: { file: string; place: string; forms: string[] }[];
  /** The forms in which the one address was found that a host itself wrote in clear: the search sees what is there. */
  control: string[];
}

/** Looks for every canary in every file below a directory. */
export async function searchCopy(directory: string): Promise<SearchReport> {
  const report: SearchReport = { files: 0, octets: 0, hits: [], control: [] };
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = Buffer.concat([Buffer.from(`${relative(directory, path)}\n`), await readFile(path)]);
    report.files += 1;
    report.octets += bytes.length;
    for (const place of places) {
      const found = formsIn(bytes, canaryOf(place));
      if (found.length > 0) report.hits.push({ file: relative(directory, path), place, forms: found });
    }
    for (const form of formsIn(bytes, canaryOf('control'))) {
      if (!report.control.includes(form)) report.control.push(form);
    }
  }
  return report;
}
