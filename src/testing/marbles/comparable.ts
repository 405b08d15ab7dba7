import { inspectCustom } from '../../operators/inspect.js';
import { Page } from '../../operators/page.js';
import { CqlResponse } from '../server/response.js';

/** What a page is to a test: its rows, and whether others follow. */
export class SeenPage {
  readonly rows: readonly unknown[];
  readonly hasMorePages: boolean;

  constructor(rows: readonly unknown[], hasMorePages: boolean) {
    this.rows = rows;
    this.hasMorePages = hasMorePages;
  }
}

/** What an error is to a test. Stacks, causes and what else it carries differ without meaning anything. */
export class SeenError {
  readonly name: string;
  readonly message: string;
  /** Only where there is one. */
  declare readonly code?: unknown;

  constructor(error: Error) {
    this.name = error.name;
    this.message = error.message;
    if ('code' in error) this.code = error.code;
  }

  /** @internal In legends. */
  [inspectCustom](): string {
    const code = typeof this.code === 'string' ? ` [${this.code}]` : '';
    return `${this.name}${code}: ${this.message}`;
  }
}

/** A page as it is, which is not delivered by that. */
export function seenPage(page: Page<unknown>): SeenPage {
  const rows: unknown[] = [];
  const cursor = page.rows.cursor();
  try {
    for (let left = page.rowCount; left > 0; left--) rows.push(cursor.next());
  } catch (error) {
    rows.push(error);
  }
  return new SeenPage(comparable(rows) as unknown[], page.hasMorePages);
}

/** What a server says, as it is drawn: rows as the page that they become. */
function seenResponse({ seen }: CqlResponse): unknown {
  return typeof seen === 'string' ? seen : new SeenPage(comparable(seen.rows) as unknown[], seen.hasMorePages);
}

/** `value` with the pages and errors in it, however deep, in a form that compares by what they say. */
export function comparable(value: unknown, seen: Map<unknown, unknown> = new Map<unknown, unknown>()): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const known = seen.get(value);
  if (known !== undefined) return known;
  if (value instanceof Page) return seenPage(value);
  if (value instanceof Error) return new SeenError(value);
  if (value instanceof CqlResponse) return seenResponse(value);
  const isArray = Array.isArray(value);
  if (!isArray && !isPlain(value)) return value;
  const copy: unknown[] | Record<string, unknown> = isArray ? new Array<unknown>(value.length) : {};
  seen.set(value, copy);
  for (const [key, item] of Object.entries(value)) Object.defineProperty(copy, key, property(comparable(item, seen)));
  return copy;
}

/**
 * An error that was expected, in the form of the one that came: without a `code`, the code does not count, and of a plain
 * object only the properties that it names.
 */
export function comparableErrors(actual: unknown, expected: unknown): [actual: unknown, expected: unknown] {
  if (!(actual instanceof Error)) return [comparable(actual), comparable(expected)];
  if (!(expected instanceof Error)) {
    if (typeof expected !== 'object' || expected === null) return [new SeenError(actual), expected];
    const named = Object.keys(expected).filter((key) => key in actual);
    return [
      comparable(Object.fromEntries(named.map((key) => [key, actual[key as keyof Error]]))),
      comparable(expected),
    ];
  }
  const pair: [{ code?: unknown }, object] = [new SeenError(actual), new SeenError(expected)];
  if (!('code' in expected)) delete pair[0].code;
  return pair;
}

/** Whether its named properties are all that it is. */
function isPlain(value: object): boolean {
  return Object.getPrototypeOf(value) === Object.prototype && Object.getOwnPropertySymbols(value).length === 0;
}

/** Also for a row with a column `__proto__`. */
function property(value: unknown): PropertyDescriptor {
  return { value, enumerable: true, configurable: true, writable: true };
}
