/** What a statement does, as far as its first word tells. */
export type StatementKind = 'select' | 'ddl' | 'other';

const DDL: ReadonlySet<string> = new Set(['CREATE', 'ALTER', 'DROP', 'TRUNCATE']);

/** White space and comments of CQL; each alternative begins with another character, so that it never looks back. */
const BLANK = /\s+|--[^\n]*|\/\/[^\n]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//y;
const WORD = /[a-z]+/iy;

export function statementKind(cql: string): StatementKind {
  const word = firstWord(cql);
  if (word === 'SELECT') return 'select';
  return DDL.has(word) ? 'ddl' : 'other';
}

/** Whether a statement chooses the keyspace of its connection. */
export function isUse(cql: string): boolean {
  return firstWord(cql) === 'USE';
}

function firstWord(cql: string): string {
  let at = 0;
  for (;;) {
    BLANK.lastIndex = at;
    if (!BLANK.test(cql)) break;
    at = BLANK.lastIndex;
  }
  WORD.lastIndex = at;
  return WORD.exec(cql)?.[0].toUpperCase() ?? '';
}

/** Texts, quoted names and words; each alternative begins with another character, so that it never looks back. */
const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|[a-z_][a-z0-9_]*/gi;

/** Whether a statement that changes data does so under a condition: `IF EXISTS`, `IF NOT EXISTS`, `IF v = 1`. */
export function isConditional(cql: string): boolean {
  if (statementKind(cql) !== 'other') return false;
  for (const [token] of cql.matchAll(TOKEN)) if (token.length === 2 && token.toUpperCase() === 'IF') return true;
  return false;
}
