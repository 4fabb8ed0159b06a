import ts from 'typescript';

export function sourceOf(text: string): ts.SourceFile {
  return ts.createSourceFile('module.ts', text, ts.ScriptTarget.Latest, true);
}

/** The property `name: value` of an object literal. */
export function propertyNamed(object: ts.ObjectLiteralExpression, name: string): ts.PropertyAssignment | undefined {
  return object.properties.find(
    (property): property is ts.PropertyAssignment =>
      ts.isPropertyAssignment(property) &&
      (ts.isIdentifier(property.name) || ts.isStringLiteral(property.name)) &&
      property.name.text === name,
  );
}

/** The first call of `callee`, such as `TypeOrmModule.forRoot`, anywhere in a file. */
export function callOf(file: ts.SourceFile, callee: string): ts.CallExpression | undefined {
  const visit = (node: ts.Node): ts.CallExpression | undefined =>
    ts.isCallExpression(node) && node.expression.getText(file) === callee ? node : ts.forEachChild(node, visit);
  return visit(file);
}
