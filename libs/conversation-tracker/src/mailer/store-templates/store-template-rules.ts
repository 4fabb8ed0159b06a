import Handlebars from 'handlebars';
import { TemplateFault } from '../outbound/template-fault.js';
import { type TemplateFile } from '../outbound/template-files.js';

/** With these a mail about an order of a thousand lines is made in a blink. */
const MOST_LISTS = 5;
const MOST_PARTS = 12;
const MOST_IN_LISTS = 60;
const MOST_CHARACTERS_IN_LISTS = 8_000;

/**
 * What a store may not write, though the host may: what takes long, and what lets others' words become HTML. Whoever edits a
 * store's mails is not whoever runs the server.
 * @throws TemplateFault with the line
 */
export function checkStoreRules(file: TemplateFile, program: hbs.AST.Program): void {
  new StoreRules(file).accept(program);
}

class StoreRules extends Handlebars.Visitor {
  private lists = 0;
  private parts = 0;
  private inLists = 0;
  private charactersInLists = 0;
  private list: hbs.AST.BlockStatement | undefined;

  constructor(private readonly file: TemplateFile) {
    super();
  }

  override ContentStatement(node: hbs.AST.ContentStatement): void {
    if (!this.list) return;
    this.charactersInLists += node.value.length;
    if (this.charactersInLists > MOST_CHARACTERS_IN_LISTS) {
      this.fail(node, `what #each repeats is above ${MOST_CHARACTERS_IN_LISTS} characters`);
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
    const { original = '' } = node.name as Partial<hbs.AST.PathExpression>;
    if (!/^parts\/[\w-]+\.(html|txt)$/.test(original)) this.fail(node, 'only what is named parts/… stands here');
    if (++this.parts > MOST_PARTS) this.fail(node, `there are more than ${MOST_PARTS} parts`);
  }

  private countInList(node: hbs.AST.Node): void {
    if (this.list && ++this.inLists > MOST_IN_LISTS) {
      this.fail(node, `what #each repeats has more than ${MOST_IN_LISTS} values and blocks`);
    }
  }

  private fail({ loc }: hbs.AST.Node, reason: string): never {
    throw new TemplateFault(this.file, loc.start.line, reason);
  }
}
