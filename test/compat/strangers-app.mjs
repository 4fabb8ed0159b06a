import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const template = fileURLToPath(new URL('./app', import.meta.url));
const nodeModules = fileURLToPath(new URL('../../node_modules', import.meta.url));
const INSTALL_MS = 240_000;
const COMMAND_MS = 120_000;
const BOOT_MS = 30_000;

/**
 * Installs what a stranger's app has, and the package from its tarball, as a stranger would.
 * @param {string} directory
 * @param {{ type: 'commonjs' | 'module', dependencies: Record<string, string> }} installation
 * @param {string} tarball
 */
export async function install(directory, { type, dependencies }, tarball) {
  await mkdir(directory, { recursive: true });
  await writeJson(join(directory, 'package.json'), {
    name: 'strangers-app',
    private: true,
    type,
    dependencies: { ...dependencies, 'nestjs-conversation-tracker': `file:${tarball}` },
  });
  await run('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock'], directory, INSTALL_MS);
  if (dependencies.sqlite3)
    await cp(builtSqlite(nodeModules), builtSqlite(join(directory, 'node_modules')), { recursive: true });
}

/** Where the compiled driver of sqlite3 lies. */
export const builtSqlite = (modules) => join(modules, 'sqlite3', 'build', 'Release');

/**
 * Writes the app of one row into a folder below its installation and compiles it.
 * @param {string} directory
 * @param {{ appModule?: string, files?: Record<string, string> }} row
 * @param {object} compilerOptions
 * @param {string} smtpUrl
 */
export async function compileApp(directory, { appModule = 'app.module.ts', files = {} }, compilerOptions, smtpUrl) {
  const source = join(directory, 'src');
  await cp(template, source, { recursive: true });
  if (appModule !== 'app.module.ts') await rename(join(source, appModule), join(source, 'app.module.ts'));
  else await rm(join(source, 'readme-app.module.ts'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(source, name), text);
  const module = join(source, 'app.module.ts');
  const text = await readFile(module, 'utf8');
  await writeFile(module, text.replace('smtps://user:password@mail.example.com', smtpUrl));
  await writeJson(join(directory, 'tsconfig.json'), {
    compilerOptions: {
      target: 'ES2022',
      strict: true,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      esModuleInterop: true,
      skipLibCheck: true,
      types: ['node'],
      rootDir: 'src',
      outDir: 'dist',
      ...compilerOptions,
    },
    include: ['src'],
  });
  await run(localBin(directory, 'tsc'), ['-p', '.'], directory);
}

/** The compiler's complaints about the package's own declarations, which `skipLibCheck` keeps from a stranger. */
export async function declarationErrors(directory) {
  const { stdout } = await run(
    localBin(directory, 'tsc'),
    ['-p', '.', '--noEmit', '--skipLibCheck', 'false'],
    directory,
  ).catch((error) => error);
  return stdout.split('\n').filter((line) => line.includes('node_modules/nestjs-conversation-tracker/'));
}

/**
 * Starts the compiled app.
 * @param {{ node?: string, env?: Record<string, string> }} how by which Node, default: this one; and with what besides
 * @returns {Promise<{ url?: string, said: () => string, stop: () => Promise<void> }>} without a URL when it did not start
 */
export async function startApp(directory, { node = process.execPath, env = {} } = {}) {
  const child = spawn(node, ['dist/main.js'], {
    cwd: directory,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(timer);
  };
  const url = await new Promise((resolve) => {
    const timer = setTimeout(resolve, BOOT_MS);
    void ended.then(() => resolve(undefined));
    createInterface(child.stdout).on('line', (line) => {
      const [, port] = /^listening (\d+)$/.exec(line) ?? [];
      if (!port) return;
      clearTimeout(timer);
      resolve(`http://127.0.0.1:${port}`);
    });
  });
  return { url, said: () => said, stop };
}

/** A command of the installation that an app stands on. */
export const localBin = (directory, name) => join(directory, '..', 'node_modules', '.bin', name);

/** Installs run no scripts: sqlite3 would be compiled again. */
const env = { ...process.env, npm_config_ignore_scripts: 'true' };

export function run(command, args, cwd, timeout = COMMAND_MS) {
  return promisify(execFile)(command, args, { cwd, timeout, env, maxBuffer: 16 * 1024 * 1024 });
}

/** The binary of another Node, which the npm package of that name fetches by its install script. */
export async function installNode(directory, version) {
  const prefix = join(directory, `node-${version}`);
  await promisify(execFile)('npm', ['install', '--silent', '--no-save', '--prefix', prefix, `node@${version}`], {
    timeout: INSTALL_MS,
  });
  return join(prefix, 'node_modules', '.bin', 'node');
}

const writeJson = (path, value) => writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
