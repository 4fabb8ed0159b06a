import Handlebars from 'handlebars';
import { TemplateFault } from '../outbound/template-fault.js';
import { type TemplateFile } from '../outbound/template-files.js';

/** With these a mail about an order of a thousand lines is made in a blink. */
const MOST_LISTS = 5;
const MOST_PARTS = 12;
const MOST_IN_LISTS = 60;
const MOST_CHARACTERS_IN_LISTS = 8_000;
/** Of a part, which a mail may name twelve times. */
const MOST_IN_LISTS_OF_A_PART = 15;
const MOST_CHARACTERS_IN_LISTS_OF_A_PART = 2_000;
const BLOCK = '@partial-block';

/**
 * What a store may not write, though the host may: what takes long, and what lets others' words become HTML. Whoever edits a
 * store's mails is not whoever runs the server.
 * @param original what a part replaces: it names what that names, so that parts do not grow by each other.
 * @throws TemplateFault with the line
 */
export function checkStoreRules(file: TemplateFile, program: hbs.AST.Program, original?: hbs.AST.Program): void {
  const named = original && namedIn(original);
  const rules = new StoreRules(file, named);
  rules.accept(program);
  if (!named?.includes(BLOCK) || namedIn(program).filter((name) => name === BLOCK).length === 1) return;
  throw new TemplateFault(file, 1, `{{> ${BLOCK}}} stands in it once: the text of each mail goes there`);
}

/** The parts that a template names, each as often as it does. */
function namedIn(program: hbs.AST.Program): string[] {
  const names: string[] = [];
  const visitor = new Handlebars.Visitor();
  visitor.PartialStatement = ({ name }) => names.push(nameOf(name));
  visitor.PartialBlockStatement = ({ name, program: inner }) => {
    names.push(nameOf(name));
    visitor.accept(inner);
  };
  visitor.accept(program);
  return names;
}

const nameOf = (name: hbs.AST.Node): string => (name as Partial<hbs.AST.PathExpression>).original ?? '';

class StoreRules extends Handlebars.Visitor {
  private lists = 0;
  private parts = 0;
  private inLists = 0;
  private charactersInLists = 0;
  private list: hbs.AST.BlockStatement | undefined;
  private readonly mostInLists: number;
  private readonly mostCharacters: number;

  constructor(
    private readonly file: TemplateFile,
    private readonly named?: readonly string[],
  ) {
    super();
    this.mostInLists = named ? MOST_IN_LISTS_OF_A_PART : MOST_IN_LISTS;
    this.mostCharacters = named ? MOST_CHARACTERS_IN_LISTS_OF_A_PART : MOST_CHARACTERS_IN_LISTS;
  }

  override ContentStatement(node: hbs.AST.ContentStatement): void {
    if (!this.list) return;
    this.charactersInLists += node.value.length;
    if (this.charactersInLists > this.mostCharacters) {
      this.fail(node, `what #each repeats is above ${this.mostCharacters} characters`);
    }
  }

  override MustacheStatement(node: hbs.AST.MustacheStatement): void {
    if (this.file.kind === 'html' && !(node as { escaped?: boolean }).escaped) {
      this.fail(node, 'write {{ }} and not {{{ }}} or {{& }}: what others wrote must not become HTML');
    }
    this.countInList(node);
  }

  override BlockStatement(node: hbs.AST.BlockStatement): void {
    this.countInList(node);
    if (node.path.original !== 'each') return super.BlockStatement(node);
    if (this.list) this.fail(node, 'a list within a list is not for mails');
    if (++this.lists > MOST_LISTS) this.fail(node, `there are more than ${MOST_LISTS} #each`);
    this.list = node;
    super.BlockStatement(node);
    this.list = undefined;
  }

  override PartialStatement(node: hbs.AST.PartialStatement): void {
    this.part(node);
  }

  override PartialBlockStatement(node: hbs.AST.PartialBlockStatement): void {
    this.part(node);
    this.accept(node.program);
  }

  private part(node: hbs.AST.PartialStatement | hbs.AST.PartialBlockStatement): void {
    const original = nameOf(node.name);
    if (this.named && !this.named.includes(original)) this.fail(node, `a part names what it named: ${this.allowed}`);
    if (!this.named && !/^parts\/[\w-]+\.(html|txt)$/.test(original))
      this.fail(node, 'only what is named parts/… stands here');
    if (++this.parts > MOST_PARTS) this.fail(node, `there are more than ${MOST_PARTS} parts`);
  }

  private get allowed(): string {
    return [...new Set(this.named)].join(', ') || 'no other part';
  }

  private countInList(node: hbs.AST.Node): void {
    if (this.list && ++this.inLists > this.mostInLists) {
      this.fail(node, `what #each repeats has more than ${this.mostInLists} values and blocks`);
    }
  }

  private fail({ loc }: hbs.AST.Node, reason: string): never {
    throw new TemplateFault(this.file, loc.start.line, reason);
  }
}
