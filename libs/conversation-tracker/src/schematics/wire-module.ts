import ts from 'typescript';
import { dataSourceEdits } from './wire-data-source.js';
import { propertyNamed, sourceOf } from './syntax.js';
import { applyEdits, type TextEdit } from './text-edits.js';

export interface WiredModule {
  text: string;
  /** What the host must still do by hand. */
  notes: string[];
  /** Whether the module had no TypeOrmModule and got one. */
  newDataSource: boolean;
}

const freshDataSource = `TypeOrmModule.forRoot({
      type: 'sqlite',
      database: './data/oms.sqlite',
      entities: [...conversationTrackerEntities],
      migrations: [...conversationTrackerMigrations],
      migrationsRun: true,
    })`;

const tracker = `ConversationTrackerModule.forRoot({
      trackerDomain: 'ct.example.com',
      keys: trackerKeys(),
      mail: { url: process.env.SMTP_URL ?? 'smtp://127.0.0.1:1025' },
      orderSource: TrackerOrders,
      accessPolicy: TrackerAccess,
    })`;

/**
 * Adds the tracker to the source of a Nest root module: imports, the tables in `TypeOrmModule.forRoot()`, the scheduler
 * where there is none, and the module itself.
 * @param extension of relative imports: `.js` in ES modules, else nothing
 * @throws Error where the source has no `@Module({ … })`
 */
export function wireModule(source: string, extension: '' | '.js'): WiredModule {
  const file = sourceOf(source);
  const metadata = moduleMetadata(file);
  if (!metadata) throw new Error('the root module has no @Module({ … })');
  if (source.includes('ConversationTrackerModule')) {
    return { text: source, notes: ['The root module names ConversationTrackerModule already.'], newDataSource: false };
  }
  const notes: string[] = [];
  const has = (name: string) => new RegExp(`\\b${name}\\b`).test(source);
  const newDataSource = !has('TypeOrmModule');
  const wired = newDataSource ? [] : dataSourceEdits(file);
  if (wired === undefined) {
    notes.push(
      'Add ...conversationTrackerEntities to "entities" and ...conversationTrackerMigrations to "migrations" of your ' +
        'DataSource, and run the migrations.',
    );
  }
  const newSchedule = !has('ScheduleModule');
  const modules = [
    ...(newDataSource ? [freshDataSource] : []),
    ...(newSchedule ? ['ScheduleModule.forRoot()'] : []),
    tracker,
  ];
  const names = [
    'ConversationTrackerModule',
    ...(wired ? ['conversationTrackerEntities', 'conversationTrackerMigrations'] : []),
  ];
  const imports = [
    ...(newSchedule ? [`import { ScheduleModule } from '@nestjs/schedule';`] : []),
    ...(newDataSource ? [`import { TypeOrmModule } from '@nestjs/typeorm';`] : []),
    `import { ${names.join(', ')} } from 'nestjs-conversation-tracker';`,
    `import { TrackerAccess } from './tracker/tracker-access${extension}';`,
    `import { trackerKeys } from './tracker/tracker-keys${extension}';`,
    `import { TrackerOrders } from './tracker/tracker-orders${extension}';`,
  ];
  const edits = [importEdit(file, imports), modulesEdit(metadata, modules), ...(wired ?? [])];
  return { text: applyEdits(source, edits), notes, newDataSource };
}

function moduleMetadata(file: ts.SourceFile): ts.ObjectLiteralExpression | undefined {
  for (const statement of file.statements) {
    if (!ts.isClassDeclaration(statement)) continue;
    for (const { expression } of ts.getDecorators(statement) ?? []) {
      if (!ts.isCallExpression(expression) || expression.expression.getText(file) !== 'Module') continue;
      const [metadata] = expression.arguments;
      if (metadata && ts.isObjectLiteralExpression(metadata)) return metadata;
    }
  }
  return undefined;
}

function importEdit(file: ts.SourceFile, lines: readonly string[]): TextEdit {
  const last = file.statements.findLast(ts.isImportDeclaration);
  const text = lines.join('\n');
  return last ? { at: last.end, text: `\n${text}` } : { at: 0, text: `${text}\n` };
}

function modulesEdit(metadata: ts.ObjectLiteralExpression, modules: readonly string[]): TextEdit {
  const imports = propertyNamed(metadata, 'imports')?.initializer;
  const lines = modules.map((module) => `\n    ${module},`).join('');
  if (!imports) return { at: metadata.getStart() + 1, text: `\n  imports: [${lines}\n  ],` };
  if (!ts.isArrayLiteralExpression(imports)) {
    return { at: imports.getStart(), end: imports.end, text: `[...${imports.getText()},${lines}\n  ]` };
  }
  const { elements } = imports;
  if (elements.length === 0) return { at: imports.getStart() + 1, end: imports.end - 1, text: `${lines}\n  ` };
  return { at: elements.end, text: `${elements.hasTrailingComma ? '' : ','}${lines.replace(/,$/, '')}` };
}
