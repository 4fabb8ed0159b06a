import { newFiles, newKeys } from './new-files.js';
import { wireModule } from './wire-module.js';

/** What is used of the `Tree` of @angular-devkit/schematics. */
export interface ProjectTree {
  exists(path: string): boolean;
  read(path: string): Buffer | null;
  create(path: string, content: string): void;
  overwrite(path: string, content: string): void;
}

/** What is used of its `SchematicContext`. */
export interface AddContext {
  logger: { info(message: string): void; warn(message: string): void };
  addTask(task: { toConfiguration(): { name: string; options: object } }): unknown;
}

export interface AddOptions {
  /** @default 'src' */
  sourceRoot?: string;
  /** The root module's file, below `sourceRoot`. @default 'app.module.ts' */
  module?: string;
}

const KEYS_FILE = 'tracker-keys.json';
/** TypeORM 1.x has no driver for sqlite3. */
const dataSourceDependencies = { sqlite3: '^6.0.1', typeorm: '^0.3.31' };

/**
 * The companions of each major of Nest. Left alone, npm would take the newest, which are ES modules and say that they go
 * with older Nests too: Jest cannot load them in a host on CommonJS.
 */
const companions: Readonly<Record<number, Record<string, string>>> = {
  10: { '@nestjs/event-emitter': '^2.1.1', '@nestjs/schedule': '^4.1.2', '@nestjs/typeorm': '^11.0.3' },
  11: { '@nestjs/event-emitter': '^3.1.0', '@nestjs/schedule': '^6.1.3', '@nestjs/typeorm': '^11.0.3' },
  12: { '@nestjs/event-emitter': '^12.0.1', '@nestjs/schedule': '^12.0.2', '@nestjs/typeorm': '^12.0.2' },
};

/**
 * `nest add nestjs-conversation-tracker`. What is there already stays as it is, so that it may run again.
 * @throws Error where the root module is not found, or has no `@Module({ … })`
 */
export function nestAdd({ sourceRoot = 'src', module = 'app.module.ts' }: AddOptions) {
  return (tree: ProjectTree, context: AddContext): void => {
    const modulePath = `${sourceRoot}/${module}`;
    const source = tree.read(modulePath)?.toString('utf8');
    if (source === undefined) throw new Error(`${modulePath} is not there: name your root module by --module=FILE`);
    const { text, notes, newDataSource } = wireModule(source, relativeExtension(tree, source));
    tree.overwrite(modulePath, text);
    for (const [name, content] of Object.entries(newFiles)) createOnce(tree, `${sourceRoot}/tracker/${name}`, content);
    createOnce(tree, KEYS_FILE, newKeys());
    ignoreKeys(tree);
    const wanted = { ...companions[nestMajor(tree)], ...(newDataSource ? dataSourceDependencies : {}) };
    if (addDependencies(tree, wanted)) {
      context.addTask({
        toConfiguration: () => ({ name: 'node-package', options: { command: 'install', quiet: true } }),
      });
    }
    for (const note of notes) context.logger.warn(note);
    context.logger.info(
      `Next: put @MaskOrders() on the controllers that show orders, fill ${sourceRoot}/tracker/tracker-orders.ts and ` +
        'tracker-access.ts, and set trackerDomain and SMTP_URL.',
    );
  };
}

/** ES modules name the file they import whole. */
function relativeExtension(tree: ProjectTree, source: string): '' | '.js' {
  if (/from '\.[^']*\.js'/.test(source)) return '.js';
  return manifest(tree)['type'] === 'module' ? '.js' : '';
}

function manifest(tree: ProjectTree): Record<string, unknown> {
  return JSON.parse(tree.read('package.json')?.toString('utf8') ?? '{}') as Record<string, unknown>;
}

function nestMajor(tree: ProjectTree): number {
  const { '@nestjs/common': range = '' } = (manifest(tree)['dependencies'] ?? {}) as Record<string, string>;
  return Number(/\d+/.exec(range)?.[0]);
}

/** @returns whether one was missing. */
function addDependencies(tree: ProjectTree, wanted: Readonly<Record<string, string>>): boolean {
  const given = manifest(tree);
  const dependencies = (given['dependencies'] ?? {}) as Record<string, string>;
  const missing = Object.entries(wanted).filter(([name]) => !(name in dependencies));
  if (missing.length === 0) return false;
  const all = Object.entries({ ...dependencies, ...Object.fromEntries(missing) });
  given['dependencies'] = Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
  tree.overwrite('package.json', `${JSON.stringify(given, null, 2)}\n`);
  return true;
}

function ignoreKeys(tree: ProjectTree): void {
  const ignored = tree.read('.gitignore')?.toString('utf8');
  if (ignored === undefined) tree.create('.gitignore', `${KEYS_FILE}\n`);
  else if (!ignored.split('\n').includes(KEYS_FILE)) {
    tree.overwrite('.gitignore', `${ignored}${ignored.endsWith('\n') || ignored === '' ? '' : '\n'}${KEYS_FILE}\n`);
  }
}

function createOnce(tree: ProjectTree, path: string, content: string): void {
  if (!tree.exists(path)) tree.create(path, content);
}
