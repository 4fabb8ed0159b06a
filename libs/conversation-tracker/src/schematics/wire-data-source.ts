import ts from 'typescript';
import { callOf, propertyNamed } from './syntax.js';
import { type TextEdit } from './text-edits.js';

const lists = { entities: '...conversationTrackerEntities', migrations: '...conversationTrackerMigrations' };

/** What `TypeOrmModule.forRoot({ … })` needs; undefined where its options stand elsewhere. */
export function dataSourceEdits(file: ts.SourceFile): TextEdit[] | undefined {
  const [options] = callOf(file, 'TypeOrmModule.forRoot')?.arguments ?? [];
  if (!options || !ts.isObjectLiteralExpression(options)) return undefined;
  const missing = Object.entries(lists).filter(([name]) => !propertyNamed(options, name));
  // A shorthand or a spread may hold them.
  if (missing.some(([name]) => isElsewhere(options, name))) return undefined;
  const added = [
    ...missing.map(([name, spread]) => `${name}: [${spread}]`),
    ...(propertyNamed(options, 'migrationsRun') ? [] : ['migrationsRun: true']),
  ];
  const given = Object.entries(lists).flatMap(([name, spread]) => {
    const value = propertyNamed(options, name)?.initializer;
    return value ? [intoList(value, spread)] : [];
  });
  return [...given, ...(added.length > 0 ? [intoObject(options, added)] : [])];
}

function isElsewhere({ properties }: ts.ObjectLiteralExpression, name: string): boolean {
  return properties.some(
    (property) =>
      ts.isSpreadAssignment(property) || (ts.isShorthandPropertyAssignment(property) && property.name.text === name),
  );
}

function intoList(value: ts.Expression, spread: string): TextEdit {
  if (!ts.isArrayLiteralExpression(value)) {
    return { at: value.getStart(), end: value.end, text: `[...${value.getText()}, ${spread}]` };
  }
  const { elements } = value;
  if (elements.length === 0) return { at: value.getStart() + 1, text: spread };
  return { at: elements.end, text: `${elements.hasTrailingComma ? ' ' : ', '}${spread}` };
}

function intoObject({ properties, end }: ts.ObjectLiteralExpression, added: readonly string[]): TextEdit {
  const text = added.map((property) => `\n      ${property},`).join('');
  if (properties.length === 0) return { at: end - 1, text: `${text}\n    ` };
  return { at: properties.end, text: `${properties.hasTrailingComma ? '' : ','}${text}` };
}
