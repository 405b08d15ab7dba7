import { ConfigurationError } from '../errors.js';
import type { SelectParts } from './scan-statement.js';

/** Comments, texts, quoted names, words, and anything else; each alternative begins with another character or is one. */
const TOKEN =
  /--[^\n]*|\/\/[^\n]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/|'(?:[^']|'')*'|\$\$[^]*?\$\$|"(?:[^"]|"")*"|[a-z_][a-z0-9_]*|[^\s]/gi;

/** What may follow the conditions of a SELECT. */
const TAIL = new Set(['GROUP', 'ORDER', 'LIMIT', 'PER', 'ALLOW']);

interface Word {
  readonly text: string;
  /** In upper case, if it is a word of CQL or a name without quotes. */
  readonly word: string;
  readonly at: number;
}

export function isSelect(text: string): boolean {
  return /^\s*SELECT\b/i.test(text);
}

/**
 * Finds the table of a SELECT, and where a condition for its tokens can be put. What would be something else for each range, and wrong
 * for all together, is refused.
 *
 * @throws ConfigurationError
 */
export function parseSelect(text: string): SelectParts {
  const words = wordsOf(text);
  const top = topLevel(words);
  const from = top.findIndex(({ word }) => word === 'FROM');
  const [first, dot, second] = top.slice(from + 1);
  if (from < 0 || first === undefined) throw refusal('it has no FROM');
  if (top[1]?.word === 'JSON') throw refusal('it has JSON, of which rows cannot be told; give the columns');
  const isQualified = dot?.text === '.' && second !== undefined;
  const rest = top.slice(from + (isQualified ? 4 : 2));
  const limit = rest.findIndex(({ word }) => word === 'LIMIT');
  if (limit >= 0 && rest[limit - 1]?.word !== 'PARTITION') {
    throw refusal('it has a LIMIT, which would count for each range; query() and `rxcql query` take it as it is');
  }
  if (words.some(({ text: sign }) => sign === '?' || sign === ':')) {
    throw refusal('it has a marker, and there are no values for it; write the value');
  }
  const last = words.at(-1)!;
  const end = last.text === ';' ? last.at : last.at + last.text.length;
  const where = rest.find(({ word }) => word === 'WHERE');
  const tail = rest.find(({ word }) => TAIL.has(word));
  const cut = where?.at ?? tail?.at ?? end;
  return {
    keyspace: isQualified ? nameOf(first) : undefined,
    table: nameOf(isQualified ? second : first),
    before: text.slice(0, cut).trim(),
    after: where === undefined ? spaced(text.slice(cut, end)) : text.slice(cut + 'WHERE'.length, end),
    hasWhere: where !== undefined,
    hasAliases: words.some(({ word }) => word === 'AS'),
  };
}

function wordsOf(text: string): Word[] {
  return Array.from(text.matchAll(TOKEN), ({ 0: found, index }) => ({
    text: found,
    word: /^[a-z_]/i.test(found) ? found.toUpperCase() : '',
    at: index,
  })).filter(({ text: found }) => !/^(--|\/\/|\/\*)/.test(found));
}

/** What stands in no parentheses. */
function topLevel(words: readonly Word[]): Word[] {
  let depth = 0;
  return words.filter(({ text }) => {
    if (/^[([{]$/.test(text)) depth++;
    else if (/^[)\]}]$/.test(text)) depth--;
    else return depth === 0;
    return false;
  });
}

function nameOf({ text }: Word): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.toLowerCase();
}

function spaced(text: string): string {
  return text.trim() === '' ? '' : ` ${text.trim()}`;
}

function refusal(why: string): ConfigurationError {
  return new ConfigurationError(`The query cannot be read range by range: ${why}.`);
}
