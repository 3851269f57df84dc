import ts from 'typescript';

/** One file as the rules see it. Paths are relative to the repository, with `/`. */
export type Source = {
  path: string;
  lines: number;
  imports: Import[];
  /** The text of every string and template, what is put into a template left out as `?`. */
  literals: Literal[];
  /** The lines that read the environment. */
  environment: number[];
  /** The lines that send a statement past the `sql` tag: `.query(…)` of the driver. */
  queries: number[];
};

export type Import = { specifier: string; names: string[]; typeOnly: boolean; line: number };
export type Literal = { text: string; line: number };

/** Parses a TypeScript file. Only its syntax is looked at, so what it imports need not exist. */
export function parseSource(path: string, text: string): Source {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kindOf(path));
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  const source: Source = { path, lines, imports: [], literals: [], environment: [], queries: [] };
  const visit = (node: ts.Node): void => {
    const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
    const imported = importOf(node, line);
    if (imported) source.imports.push(imported);
    const literal = literalOf(node);
    if (literal !== null) source.literals.push({ text: literal, line });
    if (readsEnvironment(node)) source.environment.push(line);
    if (isQuery(node)) source.queries.push(line);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return source;
}

function kindOf(path: string): ts.ScriptKind {
  return path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
}

function importOf(node: ts.Node, line: number): Import | null {
  if (ts.isImportDeclaration(node)) {
    const { importClause } = node;
    const typeOnly = importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
    return { ...from(node.moduleSpecifier), names: namesOf(importClause), typeOnly, line };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    return { ...from(node.moduleSpecifier), names: [], typeOnly: node.isTypeOnly, line };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return { ...from(node.arguments[0]), names: [], typeOnly: false, line };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { ...from(node.argument.literal), names: [], typeOnly: true, line };
  }
  return null;
}

function from(specifier: ts.Node | undefined): { specifier: string } {
  return { specifier: specifier && ts.isStringLiteralLike(specifier) ? specifier.text : '' };
}

/** The names that exist at run time, as the module exports them. */
function namesOf(clause: ts.ImportClause | undefined): string[] {
  const bindings = clause?.namedBindings;
  if (!bindings || !ts.isNamedImports(bindings)) return [];
  return bindings.elements
    .filter((element) => !element.isTypeOnly)
    .map((element) => (element.propertyName ?? element.name).text);
}

function literalOf(node: ts.Node): string | null {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return null;
  return [node.head.text, ...node.templateSpans.map((span) => span.literal.text)].join('?');
}

function readsEnvironment(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return isProcess(node.expression) && node.name.text === 'env';
  if (ts.isElementAccessExpression(node)) return isProcess(node.expression);
  if (ts.isVariableDeclaration(node)) {
    const { initializer, name } = node;
    return initializer !== undefined && isProcess(initializer) && /\benv\b/.test(name.getText());
  }
  const imported = importOf(node, 0);
  return imported !== null && /^(node:)?process$/.test(imported.specifier) && imported.names.includes('env');
}

function isProcess(node: ts.Node): boolean {
  return ts.isIdentifier(node) && node.text === 'process';
}

function isQuery(node: ts.Node): boolean {
  if (!ts.isCallExpression(node) || node.arguments.length === 0) return false;
  return ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === 'query';
}
