// What goes with the package and with the reference OMS, as CycloneDX documents in sbom/. Each is asked of npm in a folder that
// has nothing else: in a workspace, `npm sbom --omit dev` leaves out what a package has as its peers as well.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = async (path) => JSON.parse(await readFile(join(root, path), 'utf8'));
const oms = await read('package.json');
const tracker = await read('libs/conversation-tracker/package.json');

await mkdir(join(root, 'sbom'), { recursive: true });
await write('library', tracker, {});
// Of the versions that the lock file pins.
await write('application', oms, {
  'package-lock.json': await read('package-lock.json'),
  'libs/conversation-tracker/package.json': tracker,
});

async function write(type, manifest, files) {
  const { name, version, description, license, dependencies, overrides, workspaces } = manifest;
  const own = { name, version, description, license, dependencies, overrides };
  const folder = join(await mkdtemp(join(tmpdir(), 'ct-sbom-')), name);
  try {
    const wanted = { ...files, 'package.json': { ...own, ...(files['package-lock.json'] ? { workspaces } : {}) } };
    for (const [path, content] of Object.entries(wanted)) {
      await mkdir(join(folder, path, '..'), { recursive: true });
      await writeFile(join(folder, path), JSON.stringify(content));
    }
    await npm(folder, 'install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund');
    const bill = await npm(folder, 'sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', type);
    const { bomFormat, specVersion, components } = JSON.parse(bill);
    const listed = new Set(components.map((component) => component['bom-ref'].replace(/@[^@]*$/, '')));
    const missing = Object.keys(dependencies).filter((dependency) => !listed.has(dependency));
    if (bomFormat !== 'CycloneDX' || missing.length > 0) throw new Error(`${name}: not listed: ${missing.join(', ')}`);
    await writeFile(join(root, 'sbom', `${name}.cdx.json`), bill);
    console.log(`sbom/${name}.cdx.json: CycloneDX ${specVersion}, ${components.length} components`);
  } finally {
    await rm(join(folder, '..'), { recursive: true, force: true });
  }
}

async function npm(cwd, ...args) {
  const { stdout } = await promisify(execFile)('npm', args, { cwd, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}
