import { inspect, isDeepStrictEqual } from 'node:util';
import { Page } from '../../operators/page.js';
import { comparable, SeenError, SeenPage } from './comparable.js';
import type { Shown } from './diagram.js';

/** What has a meaning of its own in a marble string. */
const RESERVED = '-|#()^! ';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'.split('');
const OTHERS = [...LETTERS, ...LETTERS.map((letter) => letter.toUpperCase()), '?'];

export interface SymbolsOptions {
  /** Whether names come first: for what is read beside the string in which the test has used them. */
  readonly names?: boolean;
  /** Whether the texts of a legend are quoted, so that they can be told from numbers. */
  readonly quotes?: boolean;
}

/** The characters of one lane: a value is the character that it consists of, or the one under which the test knows it. */
export class Symbols {
  private readonly named: readonly (readonly [string, unknown])[];
  private readonly options: SymbolsOptions;
  private readonly taken = new Map<string, unknown>();

  /** @param values What the test has called its values: those of `cold()` and `toBe()`. */
  constructor(values: unknown, options: SymbolsOptions = {}) {
    this.named = Object.entries(values ?? {}).map(([symbol, value]) => [symbol, comparable(value)]);
    this.options = options;
  }

  show(value: unknown): Shown {
    const content = comparable(value);
    const symbol = this.symbolOf(content);
    if (content instanceof SeenPage) {
      const rows = content.rows.map((row) => rowText(this.options.quotes === true ? row : shortRow(row)));
      return { kind: 'page', symbol, rows, hasMorePages: content.hasMorePages };
    }
    if (isChunk(value)) {
      const rows = Array.from(value.rows, textOf);
      return { kind: 'page', symbol, rows, hasMorePages: (value.pagingState ?? undefined) !== undefined };
    }
    const isQuoted = this.options.quotes === true && typeof content === 'string' && content !== symbol;
    return { kind: 'value', symbol, text: isQuoted ? inspect(content) : textOf(content) };
  }

  private symbolOf(content: unknown): string {
    const own = typeof content === 'string' || typeof content === 'number' ? String(content) : '';
    const isOwn = own.length === 1 && !RESERVED.includes(own);
    const names = this.named.flatMap(([symbol, value]) => (isDeepStrictEqual(value, content) ? [symbol] : []));
    const itself = isOwn ? [own] : [];
    const symbols = [...(this.options.names === true ? [...names, ...itself] : [...itself, ...names]), ...OTHERS];
    const symbol = symbols.find((candidate) => !this.isTaken(candidate, content)) ?? '?';
    this.taken.set(symbol, content);
    return symbol;
  }

  private isTaken(symbol: string, content: unknown): boolean {
    return this.taken.has(symbol) && !isDeepStrictEqual(this.taken.get(symbol), content);
  }
}

/** The longest text of a value in a legend or a picture. */
export const MAX_TEXT = 60;

/** A value in a legend or in a picture: a text is itself. */
export function textOf(value: unknown): string {
  if (value instanceof SeenPage) return `page of ${value.rows.map(rowText).join(' ')}${value.hasMorePages ? ' …' : ''}`;
  if (value instanceof Page) return textOf(comparable(value));
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`;
  const text =
    typeof value === 'string'
      ? value
      : inspect(value, { breakLength: Infinity, compact: true, depth: 3, sorted: false }).replace(/\s+/g, ' ');
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text;
}

/** A row of one column says as much without the name of that. */
function shortRow(row: unknown): unknown {
  const isObject = typeof row === 'object' && row !== null && Object.getPrototypeOf(row) === Object.prototype;
  const cells: unknown[] = isObject ? Object.values(row) : [];
  return cells.length === 1 ? cells[0] : row;
}

/** A row that cannot be read is drawn as the error that it is. */
function rowText(row: unknown): string {
  return row instanceof SeenError ? '#' : textOf(row);
}

export function errorText(error: unknown): string {
  return textOf(comparable(error));
}

/** What a fetch of `pages()` brings; an iterator of its rows could be read only once, so those are no picture. */
function isChunk(value: unknown): value is { rows: Iterable<unknown>; pagingState?: unknown } {
  const rows = typeof value === 'object' && value !== null && 'rows' in value ? value.rows : undefined;
  return Array.isArray(rows) || typeof rows === 'string';
}
