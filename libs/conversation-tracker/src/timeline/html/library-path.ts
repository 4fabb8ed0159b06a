import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * Where a library lies that a thread is to load, which finds nothing by itself: it runs from no file. Looked for from here, as an
 * import would; then, where a bundler has put this elsewhere, from the program that runs and from the working directory.
 */
export function libraryPath(name: string): string | undefined {
  const places = [thisFile(), process.argv[1], join(process.cwd(), 'host.js')];
  for (const place of places) {
    const path = place && resolved(name, place);
    if (path) return path;
  }
  return undefined;
}

function resolved(name: string, from: string): string | undefined {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
}

/** The same source is published as CommonJS and as ESM, which know their place by different names; V8 knows it by one. */
function thisFile(): string | undefined {
  const hosts: unknown = Reflect.get(Error, 'prepareStackTrace');
  try {
    Error.prepareStackTrace = (_, sites) => sites[0]?.getFileName();
    return new Error().stack;
  } finally {
    Reflect.set(Error, 'prepareStackTrace', hosts);
  }
}
