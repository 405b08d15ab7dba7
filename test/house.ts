/**
 * The rules of the house (docs/architecture.md, "Direction"), checked on the import lines of a source tree. The rules are the
 * tables on top; what breaks one is told as a sentence.
 */
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import ts from 'typescript';

/** A source tree: the text of each file by its path under `src`, with `/`. */
export type Tree = ReadonlyMap<string, string>;

/** What each room may import, besides itself. A room is a folder of `src`, a file beside them, or a folder in one that is listed here. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  together: [],
  operators: ['errors', 'together'],
  adapters: ['errors', 'operators'],
  codec: ['errors'],
  check: ['errors', 'codec'],
  wire: ['errors', 'together', 'codec'],
  cluster: ['errors', 'codec', 'wire'],
  session: ['errors', 'together', 'codec', 'check', 'wire', 'cluster', 'operators'],
  etl: ['errors', 'codec', 'check', 'wire', 'cluster', 'operators', 'session'],
  'etl/bullmq': ['errors', 'check', 'etl'],
  cli: ['errors', 'codec', 'check', 'wire', 'cluster', 'operators', 'session', 'etl'],
  testing: ['errors', 'codec', 'check', 'operators'],
  index: ['errors', 'codec', 'wire', 'cluster', 'operators', 'adapters', 'session'],
};

/**
 * What each room may import in an `import type`, besides. What the kit plays is what the driver takes or tells: a socket, the
 * events of a session. A copy of their types would come to differ from them; an import of types leaves nothing at run time.
 */
const MAY_IMPORT_TYPES: Readonly<Record<string, readonly string[]>> = { testing: ['wire', 'cluster'] };

/** What one file may import, besides, that its room may not. */
const FILE_MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  // A session in virtual time is one of ours. The server beside it has nothing in common with the driver that it tests.
  'testing/session-of.ts': ['cluster', 'session'],
};

/** The only files that re-export: the package's entry points. */
const ENTRY_POINTS = ['index.ts', 'etl/index.ts', 'etl/bullmq/index.ts', 'testing/index.ts'];

/** Packages that not everybody has installed, and the only room that may import them. */
const PACKAGES_OF_ROOMS: Readonly<Record<string, string>> = { bullmq: 'etl/bullmq' };

/** The only files that open sockets, and why. */
const SOCKETS: Readonly<Record<string, string>> = {
  'wire/socket.ts': 'it is the socket',
  'wire/tls.ts': 'it is the socket, encrypted',
  'session/tls-options.ts': "what users say is what Node's TLS takes",
  'testing/cassandra/cql-probe.ts': 'what starts the server for the tests must not depend on the driver under test',
  'testing/server/tcp-listener.ts': 'it is where the sockets of others end',
  'testing/cassandra/ports.ts': 'whether a port is free shows only when listening on it',
};

const MAX_LINES = 300;

interface Import {
  readonly specifier: string;
  readonly isTypeOnly: boolean;
  readonly isReExport: boolean;
}

/** Every way in which a tree breaks the rules, a sentence each. `packages` are those that are installed with ours. */
export function violations(tree: Tree, packages: readonly string[]): string[] {
  const found: string[] = [];
  const graph = new Map<string, string[]>();
  const opensSockets = new Set<string>();
  for (const [file, text] of tree) {
    const room = roomOf(file);
    const targets = new Set<string>();
    graph.set(file, []);
    if (!(room in MAY_IMPORT)) found.push(`src/${file} is in no room: say in test/house.ts what "${room}" may import.`);
    const lines = text.trimEnd().split('\n').length;
    if (lines > MAX_LINES)
      found.push(`src/${file} has ${lines} lines; a file of src/ has one idea and at most ${MAX_LINES}.`);

    for (const item of importsOf(file, text)) {
      const { specifier, isTypeOnly } = item;
      const says = `src/${file} ${item.isReExport ? 're-exports from' : 'imports'} '${specifier}'`;
      if (item.isReExport && !ENTRY_POINTS.includes(file)) {
        found.push(
          `${says}: no barrels; only the entry points re-export: ${ENTRY_POINTS.map((entry) => `src/${entry}`).join(', ')}.`,
        );
      }
      if (specifier.startsWith('.')) {
        const target = posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts');
        if (tree.has(target)) {
          targets.add(target);
          const isException = FILE_MAY_IMPORT[file]?.includes(roomOf(target)) === true;
          const wrong = isException ? undefined : wrongArrow(room, roomOf(target), isTypeOnly);
          if (wrong !== undefined) found.push(`${says}: ${wrong}`);
        } else {
          found.push(`${says}: there is no src/${target}.`);
        }
      } else {
        if (isSocketModule(specifier)) opensSockets.add(file);
        const wrong = wrongModule(file, room, specifier, packages);
        if (wrong !== undefined) found.push(`${says}: ${wrong}`);
      }
    }
    graph.set(file, [...targets]);
  }
  for (const file of Object.keys(SOCKETS)) {
    if (tree.has(file) && !opensSockets.has(file)) {
      found.push(`src/${file} opens no socket any more: take it out of the list in test/house.ts.`);
    }
  }
  for (const [file, rooms] of Object.entries(FILE_MAY_IMPORT)) {
    const stray = rooms.find((room) => graph.get(file)?.some((target) => roomOf(target) === room) === false);
    if (stray !== undefined) {
      found.push(`src/${file} imports nothing of ${stray} any more: take that out of the list in test/house.ts.`);
    }
  }
  for (const cycle of cyclesOf(graph)) {
    found.push(`${cycle.map((file) => `src/${file}`).join(' -> ')} is a cycle: imports, of types too, go one way.`);
  }
  return found;
}

function wrongArrow(from: string, to: string, isTypeOnly: boolean): string | undefined {
  const allowed = MAY_IMPORT[from];
  if (from === to || allowed === undefined || allowed.includes(to)) return undefined;
  const types = MAY_IMPORT_TYPES[from] ?? [];
  if (isTypeOnly && types.includes(to)) return undefined;
  const rooms = allowed.length === 0 ? 'nothing of src/' : `only ${allowed.join(', ')}`;
  const alsoTypes = types.length === 0 ? '' : `, and types of ${types.join(', ')} (import type)`;
  return `${from} may import ${rooms}${alsoTypes}, not ${to}.`;
}

function wrongModule(file: string, room: string, specifier: string, packages: readonly string[]): string | undefined {
  const name = packageName(specifier);
  if (isSocketModule(specifier)) {
    return file in SOCKETS ? undefined : 'only src/wire/socket.ts opens sockets.';
  }
  if (room === 'errors') return 'errors imports nothing.';
  if (isBuiltin(specifier)) return room === 'operators' ? 'operators is pure RxJS, without Node.' : undefined;
  if (name === 'rxjs' && room === 'codec') return 'codec is bytes and values, without RxJS.';
  const owner = PACKAGES_OF_ROOMS[name];
  if (owner !== undefined && owner !== room) return `only ${owner} imports ${name}, which not everybody has.`;
  if (!packages.includes(name))
    return `${name} is not installed with rxcql: package.json has it in no kind of dependency.`;
  return undefined;
}

/** `codec/values/uuid.ts` is in the room `codec`, `errors.ts` is a room of its own. */
function roomOf(file: string): string {
  const [folder, inner] = file.split('/');
  const room = `${folder!}/${inner ?? ''}`;
  return room in MAY_IMPORT ? room : folder!.replace(/\.ts$/, '');
}

function isSocketModule(specifier: string): boolean {
  return /^(node:)?(net|tls)$/.test(specifier);
}

function packageName(specifier: string): string {
  const [scope, name] = specifier.split('/');
  return scope!.startsWith('@') ? `${scope!}/${name ?? ''}` : scope!;
}

/** Every import of a file, wherever it stands: declarations, re-exports, `import()`, and `import('…')` in types. */
function importsOf(file: string, text: string): Import[] {
  const imports: Import[] = [];
  const add = (specifier: ts.Node | undefined, isTypeOnly: boolean, isReExport = false): void => {
    if (specifier && ts.isStringLiteralLike(specifier))
      imports.push({ specifier: specifier.text, isTypeOnly, isReExport });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeImport(node.importClause));
    else if (ts.isExportDeclaration(node))
      add(node.moduleSpecifier, isTypeExport(node), node.moduleSpecifier !== undefined);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  return imports;
}

/** Whether nothing of it is left when the types are erased: `import type { A }` or `import { type A }`. */
function isTypeImport(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { name, namedBindings: bindings } = clause;
  return !name && !!bindings && ts.isNamedImports(bindings) && bindings.elements.every(({ isTypeOnly }) => isTypeOnly);
}

function isTypeExport({ isTypeOnly, exportClause }: ts.ExportDeclaration): boolean {
  if (isTypeOnly || !exportClause) return isTypeOnly;
  return ts.isNamedExports(exportClause) && exportClause.elements.every((element) => element.isTypeOnly);
}

/** One cycle for each import that closes one: the files on the way, the first again at the end. */
function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const start = path.indexOf(file);
    if (start >= 0) cycles.push([...path.slice(start), file]);
    if (start >= 0 || done.has(file)) return;
    path.push(file);
    for (const target of graph.get(file) ?? []) visit(target);
    path.pop();
    done.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return cycles;
}
