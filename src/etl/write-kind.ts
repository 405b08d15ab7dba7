import { isConditional, statementKind } from '../session/statement-kind.js';

/** What is known of a statement that writes. */
export interface WriteKind {
  /** Whether it may be sent again. */
  readonly isIdempotent: boolean;
  readonly isConditional: boolean;
  readonly isCounter: boolean;
}

/** Texts and quoted names say nothing here; words and signs do. */
const SILENT = /'(?:[^']|'')*'|\$\$[^]*?\$\$|"(?:[^"]|"")*"|--[^\n]*|\/\/[^\n]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//g;

/**
 * What a statement does, as far as its text tells. Sent twice, one does harm that has a condition, that adds to what is there (counters, and
 * lists), takes away by position, or takes its values from functions such as `now()`: none of these is ever sent again by itself. Additions
 * to sets and maps look like those to lists, and are not either.
 *
 * @param isCounter Whether one of its markers, or columns, is a counter.
 */
export function writeKind(cql: string, isCounter: boolean): WriteKind {
  const said = cql.replace(SILENT, ' x ');
  const condition = isConditional(cql);
  const adds = /^\s*UPDATE\b/i.test(said) && /=\s*(?:[^,=]*\S)?\s*[+-]\s*\S|[+-]=/.test(said);
  const takesByPosition = /^\s*DELETE\b[^]*?\[[^]*?\bFROM\b/i.test(said) || /\bSET\b[^]*\[/i.test(said);
  const calls = /\b(?:now|uuid|current\w+)\s*\(/i.test(said);
  const isBatch = /^\s*BEGIN\b/i.test(said);
  const isIdempotent =
    statementKind(cql) === 'other' && !condition && !isCounter && !adds && !takesByPosition && !calls && !isBatch;
  return { isIdempotent, isConditional: condition, isCounter };
}
