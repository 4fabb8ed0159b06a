import Handlebars from 'handlebars';
import { TemplateFault } from './template-fault.js';
import { type TemplateFile } from './template-files.js';
import { type TemplateData, templateHelpers } from './template-helpers.js';

/** What stands at a place of a template, for a model and a mail. */
export type Writer = (scope: Scope, mail: Mail) => string;

/** The value that names are looked up in; in a list with its place there. */
export interface Scope {
  readonly value: unknown;
  readonly outer?: Scope;
  readonly index?: number;
  readonly last?: boolean;
}

export interface Mail {
  readonly data: TemplateData;
  /** What the caller of a part puts at its `@partial-block`. */
  readonly block?: { readonly write: Writer; readonly outer: Mail };
}

type Value = (scope: Scope, mail: Mail) => unknown;

const escaped = (value: unknown): string => Handlebars.escapeExpression(textOf(value));
const nothing: Writer = () => '';
const never: Value = () => false;

/**
 * What Handlebars' own runtime does with a template that `checkTemplate` has let through, in less of its time: that
 * runtime is made for helpers, lookups and contexts of every kind, and a mail template has few. No text of a template
 * becomes code. Of a value only what is its own is read, never what comes from its prototype.
 *
 * @param parts by name, at the time of writing
 * @throws TemplateFault for what `checkTemplate` refuses as well
 */
export function programOf(
  file: TemplateFile,
  program: hbs.AST.Program,
  parts: (name: string) => Writer | undefined,
): Writer {
  // A subject and a text body are no HTML: an escaped ampersand would be read as it stands (R40).
  return new Compiler(file, file.kind === 'html', parts).program(program);
}

class Compiler {
  constructor(
    private readonly file: TemplateFile,
    private readonly isHtml: boolean,
    private readonly parts: (name: string) => Writer | undefined,
  ) {}

  program(program: hbs.AST.Program | undefined): Writer {
    const constants = [''];
    const writers: Writer[] = [];
    for (const statement of program?.body ?? []) {
      const written = this.statement(statement);
      if (typeof written === 'string') constants[constants.length - 1] += written;
      else constants[writers.push(written)] = '';
    }
    return sequence(constants, writers);
  }

  private statement(node: hbs.AST.Node): string | Writer {
    switch (node.type) {
      case 'ContentStatement':
        return (node as hbs.AST.ContentStatement).value;
      case 'CommentStatement':
        return '';
      case 'MustacheStatement':
        return this.mustache(node as hbs.AST.MustacheStatement & { escaped: boolean });
      case 'BlockStatement':
        return this.block(node as hbs.AST.BlockStatement);
      case 'PartialStatement':
        return this.part(node as hbs.AST.PartialStatement);
      case 'PartialBlockStatement':
        return this.partWithBlock(node as hbs.AST.PartialBlockStatement);
      default:
        return this.unknown(node);
    }
  }

  private mustache({
    path,
    params,
    hash,
    escaped: isEscaped,
  }: hbs.AST.MustacheStatement & { escaped: boolean }): Writer {
    const value = params.length === 0 ? this.value(path) : this.helped(path, params[0], hash);
    const write = this.isHtml && isEscaped ? escaped : textOf;
    return (scope, mail) => write(value(scope, mail));
  }

  private helped(path: hbs.AST.Node, param: hbs.AST.Node, hash: hbs.AST.Hash | undefined): Value {
    const name = (path as hbs.AST.PathExpression).original;
    if (!Object.hasOwn(templateHelpers, name)) this.unknown(path);
    const help = templateHelpers[name as keyof typeof templateHelpers];
    const value = this.value(param);
    const forms = Object.fromEntries(
      (hash?.pairs ?? []).map((pair) => [pair.key, (pair.value as hbs.AST.StringLiteral).value]),
    );
    // A number of a group that is null is not there.
    return (scope, mail) => help((value(scope, mail) ?? null) as number | null, mail.data, forms);
  }

  private block(node: hbs.AST.BlockStatement): Writer {
    const value = this.value(node.params[0]);
    const inside = this.program(node.program);
    const otherwise = node.inverse ? this.program(node.inverse) : nothing;
    switch (node.path.original) {
      case 'if':
        return condition(value, this.includesZero(node.hash), inside, otherwise);
      case 'unless':
        return condition(value, never, otherwise, inside);
      case 'with':
        return group(value, inside, otherwise);
      case 'each':
        return list(value, inside, otherwise);
      default:
        return this.unknown(node);
    }
  }

  private includesZero(hash: hbs.AST.Hash | undefined): Value {
    const includeZero = hash?.pairs.find(({ key }) => key === 'includeZero')?.value;
    return includeZero ? this.value(includeZero) : never;
  }

  private part({ name, indent }: hbs.AST.PartialStatement & { indent?: string }): Writer {
    const part = this.named(name);
    return indent ? (scope, mail) => indent + part(scope, mail) : part;
  }

  private partWithBlock({ name, program }: hbs.AST.PartialBlockStatement): Writer {
    const write = this.program(program);
    if (isPartialBlock(name)) return blockOf(write);
    const part = this.named(name);
    return (scope, mail) => part(scope, { data: mail.data, block: { write, outer: mail } });
  }

  private named(node: hbs.AST.Node): Writer {
    if (isPartialBlock(node)) return blockOf(undefined);
    const { original } = node as hbs.AST.PathExpression;
    // Looked up at the time of writing: parts may name each other before they are compiled.
    return (scope, mail) => (this.parts(original) ?? this.unknown(node))(scope, mail);
  }

  private value(node: hbs.AST.Node): Value {
    switch (node.type) {
      case 'PathExpression':
        return path(node as hbs.AST.PathExpression) ?? this.unknown(node);
      case 'BooleanLiteral':
      case 'NumberLiteral':
      case 'StringLiteral': {
        const { value } = node as hbs.AST.BooleanLiteral | hbs.AST.NumberLiteral | hbs.AST.StringLiteral;
        return () => value;
      }
      default:
        return this.unknown(node);
    }
  }

  private unknown(node: hbs.AST.Node): never {
    throw new TemplateFault(this.file, node.loc.start.line, 'this part of Handlebars is not for mail templates');
  }
}

function sequence(constants: readonly string[], writers: readonly Writer[]): Writer {
  if (writers.length === 0) return () => constants[0];
  return (scope, mail) => {
    let text = constants[0];
    for (let n = 0; n < writers.length; n++) text += writers[n](scope, mail) + constants[n + 1];
    return text;
  };
}

function condition(value: Value, includesZero: Value, inside: Writer, otherwise: Writer): Writer {
  return (scope, mail) => {
    const found = value(scope, mail);
    const holds = !isEmpty(found) && (found !== 0 || Boolean(includesZero(scope, mail)));
    return (holds ? inside : otherwise)(scope, mail);
  };
}

function group(value: Value, inside: Writer, otherwise: Writer): Writer {
  return (scope, mail) => {
    const found = value(scope, mail);
    if (isEmpty(found)) return otherwise(scope, mail);
    return inside({ value: found, outer: scope, index: scope.index, last: scope.last }, mail);
  };
}

function list(value: Value, inside: Writer, otherwise: Writer): Writer {
  return (scope, mail) => {
    const found = value(scope, mail);
    if (!Array.isArray(found) || found.length === 0) return otherwise(scope, mail);
    let text = '';
    for (let index = 0; index < found.length; index++) {
      text += inside({ value: found[index], outer: scope, index, last: index === found.length - 1 }, mail);
    }
    return text;
  };
}

function isPartialBlock(name: hbs.AST.Node): boolean {
  return (name as hbs.AST.PathExpression).original === '@partial-block';
}

/** @param fallback where nobody fills it */
function blockOf(fallback: Writer | undefined): Writer {
  return (scope, mail) => {
    if (mail.block) return mail.block.write(scope, mail.block.outer);
    if (!fallback) throw new Error('The partial @partial-block could not be found');
    return fallback(scope, mail);
  };
}

function path({ data, depth, parts }: hbs.AST.PathExpression): Value | undefined {
  if (data) return Object.hasOwn(variables, parts[0]) ? variables[parts[0]] : undefined;
  const [first, second] = parts;
  if (depth === 0 && parts.length === 1) return ({ value }) => ownOf(value, first);
  if (depth === 0 && parts.length === 2) return ({ value }) => ownOf(ownOf(value, first), second);
  return (scope) => {
    let from: Scope | undefined = scope;
    for (let n = 0; n < depth; n++) from = from?.outer;
    return parts.reduce(ownOf, from?.value);
  };
}

const variables: Record<string, Value> = {
  subject: (_, { data }) => data.subject,
  locale: (_, { data }) => data.locale,
  direction: (_, { data }) => data.direction,
  index: ({ index }) => index,
  first: ({ index }) => (index === undefined ? undefined : index === 0),
  last: ({ last }) => last,
};

function ownOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

/** As Handlebars counts: an amount of zero is not empty. */
function isEmpty(value: unknown): boolean {
  return (!value && value !== 0) || (Array.isArray(value) && value.length === 0);
}

/** A list or a group of values is no text, as `checkTemplate` says. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
