/** What a statement does, as far as its first word tells. */
export type StatementKind = 'select' | 'use' | 'ddl' | 'other';

const KINDS: ReadonlyMap<string, StatementKind> = new Map([
  ['SELECT', 'select'],
  ['USE', 'use'],
  ['CREATE', 'ddl'],
  ['ALTER', 'ddl'],
  ['DROP', 'ddl'],
  ['TRUNCATE', 'ddl'],
]);

/** White space and comments of CQL; each alternative begins with another character, so that it never looks back. */
const BLANK = /\s+|--[^\n]*|\/\/[^\n]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//y;
const WORD = /[a-z]+/iy;

export function statementKind(cql: string): StatementKind {
  let at = 0;
  for (;;) {
    BLANK.lastIndex = at;
    if (!BLANK.test(cql)) break;
    at = BLANK.lastIndex;
  }
  WORD.lastIndex = at;
  return KINDS.get(WORD.exec(cql)?.[0].toUpperCase() ?? '') ?? 'other';
}

/** Texts, quoted names and words; each alternative begins with another character, so that it never looks back. */
const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|[a-z_][a-z0-9_]*/gi;

/** Whether a statement that changes data does so under a condition: `IF EXISTS`, `IF NOT EXISTS`, `IF v = 1`. */
export function isConditional(cql: string): boolean {
  if (statementKind(cql) !== 'other') return false;
  for (const [token] of cql.matchAll(TOKEN)) if (token.length === 2 && token.toUpperCase() === 'IF') return true;
  return false;
}
