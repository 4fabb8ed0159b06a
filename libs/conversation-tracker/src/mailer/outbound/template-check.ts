import { sampleMailModel } from './sample-model.js';
import { TemplateFault } from './template-fault.js';
import { type TemplateFile } from './template-files.js';
import { templateHelpers } from './template-helpers.js';
import { wrongForms } from './template-plural.js';

const helperNames = Object.keys(templateHelpers);
const blockHelpers: readonly string[] = ['if', 'unless', 'each', 'with'];
/** `@subject` is the rendered subject, `@locale` the language of the text, `@direction` how it is written: `ltr` or `rtl`. */
export const dataVariables: readonly string[] = ['subject', 'locale', 'direction', 'index', 'first', 'last'];

type Node = hbs.AST.Node;
/** Sample values of the contexts that enclose a node, the innermost last. */
type Scope = readonly unknown[];

/**
 * Follows every name in a template through the model, also in branches that one order would not take: Handlebars itself
 * finds a wrong name only where it renders it, and never in the condition of an `{{#if}}`.
 *
 * @param partials the parts that it may name
 * @throws TemplateFault with file, line and name
 */
export function checkTemplate(file: TemplateFile, program: hbs.AST.Program, partials: ReadonlySet<string>): void {
  new Check(file, partials).program(program, [sampleMailModel]);
}

class Check {
  constructor(
    private readonly file: TemplateFile,
    private readonly partials: ReadonlySet<string>,
  ) {}

  program(program: hbs.AST.Program | undefined, scope: Scope): void {
    for (const statement of program?.body ?? []) this.statement(statement, scope);
  }

  private statement(node: Node, scope: Scope): void {
    switch (node.type) {
      case 'ContentStatement':
      case 'CommentStatement':
        return;
      case 'MustacheStatement':
        return this.mustache(node as hbs.AST.MustacheStatement, scope);
      case 'BlockStatement':
        return this.block(node as hbs.AST.BlockStatement, scope);
      case 'PartialStatement':
        return this.partial(node as hbs.AST.PartialStatement, scope);
      case 'PartialBlockStatement':
        this.partial(node as hbs.AST.PartialBlockStatement, scope);
        return this.program((node as hbs.AST.PartialBlockStatement).program, scope);
      default:
        this.fail(node, 'this part of Handlebars is not for mail templates; put what is shared into parts/');
    }
  }

  private mustache(node: hbs.AST.MustacheStatement, scope: Scope): void {
    const { path, params, hash } = node;
    if (params.length === 0 && !hash) {
      if (typeof this.valueOf(path, scope) === 'object') this.fail(node, 'a list or a group of values is no text');
      return;
    }
    const name = (path as hbs.AST.PathExpression).original;
    if (!helperNames.includes(name) || params.length !== 1 || (hash && name !== 'plural')) {
      this.fail(node, `helpers are ${helperNames.join(', ')}, each with one value`);
    }
    if (typeof this.valueOf(params[0], scope) !== 'number')
      this.fail(node, `${name} needs an amount, a count or a time`);
    if (name === 'plural') this.pluralForms(node);
  }

  private pluralForms(node: hbs.AST.MustacheStatement): void {
    const pairs = node.hash?.pairs ?? [];
    const reason = pairs.some(({ value }) => value.type !== 'StringLiteral')
      ? 'plural takes texts in quotes'
      : wrongForms(
          pairs.map(({ key }) => key),
          this.file.locale,
        );
    if (reason !== undefined) this.fail(node, reason);
  }

  private block(node: hbs.AST.BlockStatement, scope: Scope): void {
    const helper = node.path.original;
    const hash = node.hash?.pairs.map(({ key }) => key) ?? [];
    // Handlebars' own way to ask whether an amount is known, be it zero.
    const wrongHash = hash.some((key) => key !== 'includeZero') || (hash.length > 0 && helper !== 'if');
    if (!blockHelpers.includes(helper) || node.params.length !== 1 || wrongHash || node.program?.blockParams) {
      this.fail(node, `blocks are ${blockHelpers.map((name) => `#${name}`).join(', ')}, each with one value`);
    }
    const value = this.valueOf(node.params[0], scope);
    this.program(node.program, this.scopeIn(helper, value, scope, node));
    this.program(node.inverse, scope);
  }

  private scopeIn(helper: string, value: unknown, scope: Scope, node: Node): Scope {
    if (helper === 'with') return [...scope, value];
    if (helper !== 'each') return scope;
    return Array.isArray(value) ? [...scope, value[0]] : this.fail(node, '#each needs a list');
  }

  /** A part is checked for itself, over the whole model. */
  private partial(node: hbs.AST.PartialStatement | hbs.AST.PartialBlockStatement, scope: Scope): void {
    const name = (node.name as hbs.AST.PathExpression).original;
    if (scope.length > 1) this.fail(node, 'a part sees the whole model: put it outside #each and #with');
    if (name === '@partial-block') return;
    if (!this.partials.has(name))
      this.fail(node, `there is no ${name}.hbs in this locale or the ones it falls back to`);
    if (node.params.length > 0 || node.hash) this.fail(node, 'a part takes no values');
  }

  private valueOf(node: Node, scope: Scope): unknown {
    if (node.type !== 'PathExpression') this.fail(node, 'only the names of the model stand here');
    const { data, depth, parts, original } = node as hbs.AST.PathExpression;
    if (data) return dataVariables.includes(original.slice(1)) || this.fail(node, `there is no ${original}`);
    const inner = scope.at(-1 - depth);
    return parts.reduce((value: unknown, part) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, part)) {
        this.fail(node, `the model has no ${original}`);
      }
      return (value as Record<string, unknown>)[part];
    }, inner);
  }

  private fail(node: Node, reason: string): never {
    throw new TemplateFault(this.file, node.loc.start.line, reason);
  }
}
