import { describe, expect, it } from 'vitest';
import { type AddOptions, nestAdd } from './nest-add.js';

/** The files of a project, as the schematics engine shows them. */
class Files {
  readonly files = new Map<string, string>();
  readonly tasks: object[] = [];
  readonly said: string[] = [];

  constructor(files: Record<string, string>) {
    this.files = new Map(Object.entries(files));
  }

  exists = (path: string) => this.files.has(path);
  read = (path: string) => (this.files.has(path) ? Buffer.from(this.files.get(path)!) : null);
  create = (path: string, content: string) => void this.files.set(path, content);
  overwrite = (path: string, content: string) => void this.files.set(path, content);

  add(options: AddOptions = {}): this {
    const say = (message: string) => void this.said.push(message);
    nestAdd(options)(this, {
      logger: { info: say, warn: say },
      addTask: (task) => this.tasks.push(task.toConfiguration()),
    });
    return this;
  }

  get module(): string {
    return this.files.get('src/app.module.ts')!;
  }
}

const app = (options: string, more = '') => `import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Order } from './order.entity';

@Module({
  imports: [TypeOrmModule.forRoot(${options})${more}],
})
export class AppModule {}
`;
const project = (module: string, manifest: object = { dependencies: { typeorm: '^0.3.20' } }) =>
  new Files({ 'src/app.module.ts': module, 'package.json': JSON.stringify(manifest), '.gitignore': 'dist\n' });
const dependencies = ({ files }: Files) =>
  (JSON.parse(files.get('package.json')!) as { dependencies: object }).dependencies;
const spaceless = (text: string) => text.replace(/\s+/g, '');

describe('nest add', () => {
  it('adds the tables, the scheduler and the module to a root module', () => {
    const { module } = project(
      app(`{ type: 'postgres', entities: [Order], migrations: ['dist/migrations/*.js'] }`),
    ).add();
    expect(spaceless(module)).toContain(
      spaceless(`@Module({
        imports: [
          TypeOrmModule.forRoot({
            type: 'postgres',
            entities: [Order, ...conversationTrackerEntities],
            migrations: ['dist/migrations/*.js', ...conversationTrackerMigrations],
            migrationsRun: true,
          }),
          ScheduleModule.forRoot(),
          ConversationTrackerModule.forRoot({`),
    );
    expect(module).toMatch(/^import \{ ScheduleModule \} from '@nestjs\/schedule';$/m);
    expect(module).toMatch(/^import \{ TrackerOrders \} from '\.\/tracker\/tracker-orders';$/m);
    expect(module).toMatch(
      /^import \{ ConversationTrackerModule, conversationTrackerEntities, conversationTrackerMigrations \} from/m,
    );
  });

  it.each([
    [
      'no lists',
      `{ type: 'postgres' }`,
      'entities: [...conversationTrackerEntities], migrations: [...conversationTrackerMigrations]',
    ],
    ['an empty list', `{ entities: [] }`, 'entities: [...conversationTrackerEntities]'],
    ['a trailing comma', `{ entities: [Order,], }`, 'entities: [Order, ...conversationTrackerEntities]'],
    ['a list from elsewhere', `{ entities: tables }`, 'entities: [...tables, ...conversationTrackerEntities]'],
    ['its own word on migrations', `{ migrationsRun: false }`, 'migrationsRun: false, entities:'],
  ])('keeps what a DataSource with %s says', (_, options, wired) => {
    expect(spaceless(project(app(options)).add().module)).toContain(spaceless(wired));
  });

  it.each([
    ['stand in a variable', 'options'],
    ['are spread from elsewhere', '{ ...options }'],
    ['hold the entities in short', '{ entities, migrations: [] }'],
  ])('says what to add by hand where the options %s', (_, options) => {
    const files = project(app(options)).add();
    expect(files.said.join()).toContain('Add ...conversationTrackerEntities to "entities"');
    expect(files.module).toContain(`TypeOrmModule.forRoot(${options})`);
    expect(files.module).toContain('ConversationTrackerModule.forRoot(');
    expect(files.module).not.toContain('conversationTrackerEntities');
  });

  it('leaves a scheduler that is there alone', () => {
    const { module } = project(app('{}', ', ScheduleModule.forRoot()')).add();
    expect(module.match(/ScheduleModule\.forRoot\(\)/g)).toHaveLength(1);
  });

  it('gives a fresh app a SQLite file, and installs what that needs', () => {
    const module = `import { Module } from '@nestjs/common';\n\n@Module({\n  imports: [],\n})\nexport class AppModule {}\n`;
    const files = project(module, { dependencies: { '@nestjs/common': '^12.0.0' } }).add();
    expect(files.module).toContain(`type: 'sqlite'`);
    expect(dependencies(files)).toMatchObject({
      sqlite3: expect.any(String),
      typeorm: expect.stringMatching(/^\^0\.3/),
    });
    expect(files.tasks).toHaveLength(1);
  });

  it.each([
    [10, { '@nestjs/event-emitter': '^2.1.1', '@nestjs/schedule': '^4.1.2', '@nestjs/typeorm': '^11.0.3' }],
    [11, { '@nestjs/event-emitter': '^3.1.0', '@nestjs/schedule': '^6.1.3', '@nestjs/typeorm': '^11.0.3' }],
    [12, { '@nestjs/event-emitter': '^12.0.1', '@nestjs/schedule': '^12.0.2', '@nestjs/typeorm': '^12.0.2' }],
  ])('installs the companions that Jest can load beside Nest %d', (major, companions) => {
    expect(
      dependencies(project(app('{}'), { dependencies: { '@nestjs/common': `^${major}.4.0` } }).add()),
    ).toMatchObject(companions);
  });

  it('keeps the versions that the host has, and installs nothing where all is there', () => {
    const given = {
      '@nestjs/common': '^11.0.1',
      '@nestjs/event-emitter': '^2.0.0',
      '@nestjs/schedule': '^5.0.0',
      '@nestjs/typeorm': '^11.0.0',
    };
    const files = project(app('{}'), { dependencies: given }).add();
    expect(dependencies(files)).toEqual(given);
    expect(files.tasks).toEqual([]);
  });

  it('makes keys that git does not see, and files for what only the host knows', () => {
    const { files } = project(app('{}')).add();
    expect(files.get('.gitignore')).toBe('dist\ntracker-keys.json\n');
    expect(Object.keys(JSON.parse(files.get('tracker-keys.json')!))).toEqual(['encryption', 'index', 'alias']);
    expect([...files.keys()]).toEqual(
      expect.arrayContaining([
        'src/tracker/tracker-orders.ts',
        'src/tracker/tracker-access.ts',
        'src/tracker/tracker-keys.ts',
      ]),
    );
  });

  it('writes imports as the app does, be it of ES modules', () => {
    expect(project(app('{}'), { type: 'module' }).add().module).toContain(`'./tracker/tracker-orders.js'`);
    expect(project(app('{}').replace('./order.entity', './order.entity.js')).add().module).toContain(
      'tracker-orders.js',
    );
  });

  it('changes nothing when it runs again', () => {
    const files = project(app('{}')).add();
    const once = new Map(files.files);
    expect(files.add().files).toEqual(once);
  });

  it('says where it looked when there is no root module', () => {
    const files = new Files({});
    expect(() => files.add({ sourceRoot: 'apps/oms/src' })).toThrow(
      /apps\/oms\/src\/app\.module\.ts is not there.*--module/,
    );
    expect(() => project('export class AppModule {}').add()).toThrow(/@Module/);
  });
});
