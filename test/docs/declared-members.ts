import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** A member of an interface as its source declares it. */
export interface DeclaredMember {
  name: string;
  optional: boolean;
  /** The text of its `@default`. */
  byDefault: string | undefined;
  /** The members of its type, where that is an object type or an interface of the same file. */
  members: DeclaredMember[];
}

/** The properties of an interface of the package. */
export function declaredMembers(path: string, interfaceName: string): DeclaredMember[] {
  const file = fileURLToPath(new URL(`../../libs/conversation-tracker/src/${path}`, import.meta.url));
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const interfaces = new Map(
    source.statements.filter(ts.isInterfaceDeclaration).map((declared) => [declared.name.text, declared.members]),
  );
  return read(interfaces.get(interfaceName));

  function read(nodes: Iterable<ts.TypeElement> = []): DeclaredMember[] {
    return [...nodes].filter(ts.isPropertySignature).map((node) => {
      const { name, type, questionToken } = node;
      const [tag] = ts.getJSDocTags(node).filter(({ tagName }) => tagName.text === 'default');
      return {
        name: ts.isStringLiteral(name) ? name.text : name.getText(),
        optional: questionToken !== undefined,
        byDefault: ts.getTextOfJSDocComment(tag?.comment)?.trim(),
        members: read(type && ts.isTypeLiteralNode(type) ? type.members : interfaces.get(type?.getText() ?? '')),
      };
    });
  }
}
