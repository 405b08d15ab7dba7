/**
 * The text of a specification, from which its picture has names and code: so that neither has to be written twice, and the
 * picture shows what ran. It reads the form that Prettier gives a specification, in which each statement begins with the same
 * indentation; whatever has another form is an error.
 */
export interface SpecSource {
  /** Its body, as it is written. */
  readonly body: string;
  /** The names of the sources that it makes itself, in this order. */
  readonly sources: readonly string[];
  /** The names of the functions that make sources while it runs, with their text. */
  readonly makers: readonly { readonly name: string; readonly code: string }[];
  /** What it expects: the name of the Observable, and what that is made of. */
  readonly results: readonly { readonly name: string; readonly code: string }[];
  /** What else it declares of which these are made. */
  readonly setup: readonly string[];
  /** Its comments. */
  readonly notes: readonly string[];
}

const INDENTATION = '    ';

/** Finds the specification with this title in the text of a file. */
export function readSpec(file: string, title: string): SpecSource {
  const [, rest] = file.split(`\n  spec('${title}', `);
  const body = /=> \{\n(.*?)\n {2}\}\);\n/s.exec(rest ?? '')?.[1];
  if (body === undefined) throw new Error(`There is no specification "${title}" of the usual form.`);
  const statements = statementsOf(body);
  const declared = new Map<string, string>();
  const sources: string[] = [];
  const makers: { name: string; code: string }[] = [];
  for (const code of statements) {
    const [, name, value] = /^const (\w+) = (.*?);?$/s.exec(code) ?? [];
    if (name === undefined || value === undefined) continue;
    const made = /\b(cold|hot)\b/.exec(value);
    if (made === null) declared.set(name, value);
    else if (made.index === 0) sources.push(name);
    else makers.push({ name, code: value });
  }
  const results = statements.flatMap((code) => {
    const name = /^expectObservable\((\w+)/.exec(code)?.[1];
    if (name === undefined) return [];
    const value = declared.get(name);
    if (value === undefined) throw new Error(`In "${title}", what is expected has to be a const of its own.`);
    return [{ name, code: value }];
  });
  const used = [...results, ...makers].map(({ code }) => code);
  const expected = new Set(results.map(({ name }) => name));
  const setup: string[] = [];
  // From the last, since what is used was declared before; what only an expectation uses says nothing of the behaviour.
  for (const [name, value] of [...declared].reverse()) {
    if (expected.has(name) || !used.some((code) => new RegExp(`\\b${name}\\b`).test(code))) continue;
    used.push(value);
    setup.unshift(`${name} = ${value}`);
  }
  return { body: dedented(body), sources, makers, results, setup, notes: notesOf(body) };
}

function statementsOf(body: string): string[] {
  const statements: string[] = [];
  for (const line of dedented(body).split('\n')) {
    if (line === '' || line.startsWith('//')) continue;
    if (/^[\s)\]}]/.test(line)) statements.push(`${statements.pop() ?? ''}\n${line}`);
    else statements.push(line);
  }
  return statements;
}

/** Comments between statements; lines that follow one another are one. */
function notesOf(body: string): string[] {
  const found = dedented(body).matchAll(/(?:^\/\/ .*\n?)+/gm);
  return [...found].map(([comment]) =>
    comment
      .replace(/^\/\/ /gm, '')
      .trim()
      .replaceAll('\n', ' '),
  );
}

function dedented(body: string): string {
  return body.replaceAll(new RegExp(`^${INDENTATION}`, 'gm'), '');
}
