import type { CollectionShare, RelayFigures } from './relay-report.js';

/** The figures for the eye. */
export function printReport(figures: RelayFigures): void {
  const {
    files,
    relayed,
    eligible,
    eligibleRelayed,
    exemptRelayed,
    relayedShare,
    refused,
    unreadable,
    crashed,
    hung,
    seconds,
  } = figures;
  const lines = [
    `${files} files in ${seconds} s, both ways; ${figures.authorPlanted} named no author and got one`,
    `relayed     ${relayed}, of it ${eligibleRelayed} of the ${eligible} eligible: ${(relayedShare * 100).toFixed(1)} %`,
    `exempt      ${listed(figures.exempt)}; ${exemptRelayed} of them relayed`,
    `held        ${listed(figures.held)}`,
    `refused     ${refused} ${refused > 0 ? `(${listed(figures.refusedBecause)})` : ''}`,
    `unreadable  ${unreadable}`,
    `crashed     ${crashed}`,
    `hung        ${hung}`,
    `edits       ${listed(figures.changed)}`,
    `untouched parts that differ: ${figures.untouchedPartsDiffer}`,
    ...figures.differing.map((where) => `  ${where}`),
    `the same in messages of which readers see different parts: ${figures.illFormedDiffering.length}`,
    ...figures.illFormedDiffering.map((where) => `  ${where}`),
    `real addresses found: ${figures.leaks.length}`,
    ...figures.leaks.map(({ file, direction, where, address }) => `  ${file} (${direction}, ${where}): ${address}`),
    'eligible and not relayed:',
    ...figures.notRelayed.map((line) => `  ${line}`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** One line a collection. */
export function printShares(shares: readonly CollectionShare[]): void {
  for (const { collection, files, eligible, eligibleRelayed, relayedShare } of shares) {
    const share = `${eligibleRelayed} of ${eligible} eligible, ${(relayedShare * 100).toFixed(1)} %`;
    process.stdout.write(`${collection}: ${files} files, ${share}\n`);
  }
}

function listed(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return entries.length === 0 ? '0' : entries.map(([name, count]) => `${name} ${count}`).join(', ');
}
