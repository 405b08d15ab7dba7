import { Observable, type Subscriber, throwError } from 'rxjs';
import { CqlError } from '../errors.js';
import type { Columnar } from './columnar.js';
import { type Inspect, inspectCustom } from './inspect.js';
import { PageIterator } from './page-iterator.js';
import type { Trace } from './trace.js';

/** A row as an object: a property a column. `any`, since only the schema knows the types; give `query<User>()` your own. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as said
export type Row = Record<string, any>;

/** A column of a result. */
export interface Column {
  readonly name: string;
  /** The type in CQL: `map<text, int>`. */
  readonly type: string;
  readonly keyspace: string;
  readonly table: string;
}

/** Rows held in memory, in whatever form. Each cursor reads them anew, one at a time. */
export interface RowSource<T> {
  readonly rowCount: number;
  cursor(): RowCursor<T>;
  /** Where the rows have columns of their own. */
  columnar?(): Columnar;
}

export interface RowCursor<T> {
  /** The next row; called at most `rowCount` times. Throws what makes the row unreadable. */
  next(): T;
}

/** What a page knows besides its rows. */
export interface PageDetails {
  readonly columns?: readonly Column[] | undefined;
  readonly pagingState?: Buffer | undefined;
  readonly hasMorePages?: boolean | undefined;
  readonly wasApplied?: boolean | undefined;
  readonly warnings?: readonly string[] | undefined;
  readonly tracingId?: string | undefined;
  /** Undefined if there is none. */
  trace?(): Observable<Trace> | undefined;
  readonly customPayload?: ReadonlyMap<string, Uint8Array> | undefined;
  readonly coordinator?: string | undefined;
  readonly attempts?: number | undefined;
  readonly schemaInAgreement?: boolean | undefined;
}

const NONE: readonly never[] = [];

// How far the reading of a page has come: one number, since every field of a page costs those who read by the million.
const UNTOUCHED = 0;
const TOUCHED = 1;
const DELIVERED = 2;
type Progress = typeof UNTOUCHED | typeof TOUCHED | typeof DELIVERED;

/**
 * One response, resolved: an Observable and an Iterable of its rows, which are held in memory.
 *
 * As an Observable it is cold: every subscriber gets all rows, synchronously, each decoded when its turn has come and only
 * while somebody listens; then it completes. It errors with a `DecodeError` at a row that cannot be read.
 *
 * A page is *delivered* when its first consumption ends: its rows completed or failed, its subscriber left, its iterator
 * returned, or {@link skip} was called. That is what makes `session.query()` fetch the next page. An empty page is born
 * delivered.
 *
 * @example
 * ```ts
 * session.query('SELECT id, name FROM users').pipe(
 *   concatMap((page) => page), // one page after another, row by row
 * ).subscribe((row) => console.log(row.name));
 * ```
 */
export class Page<T = Row> extends Observable<T> implements Iterable<T> {
  /** @internal */ readonly rows: RowSource<T>;
  private readonly details: PageDetails;
  private progress: Progress;
  private onDelivered: (() => void) | undefined;

  /** @internal Pages are made by a session and by `pages()`. */
  constructor(rows: RowSource<T>, details: PageDetails) {
    super(emitRows as (this: Observable<T>, subscriber: Subscriber<T>) => void);
    this.rows = rows;
    this.details = details;
    this.progress = rows.rowCount === 0 ? DELIVERED : UNTOUCHED;
    this.onDelivered = undefined;
  }

  /** The columns of the rows; none for a statement that has no rows. */
  get columns(): readonly Column[] {
    return this.details.columns ?? NONE;
  }

  /** How many rows this page has; a page with none may still have others after it. */
  get rowCount(): number {
    return this.rows.rowCount;
  }

  /** Where the next page begins: opaque, to be given back as the option `pagingState`. It may reveal keys: do not log it. */
  get pagingState(): Buffer | undefined {
    return this.details.pagingState;
  }

  get hasMorePages(): boolean {
    return this.details.hasMorePages ?? this.details.pagingState !== undefined;
  }

  /** Whether a conditional statement was applied; undefined for a statement without a condition. */
  get wasApplied(): boolean | undefined {
    return this.details.wasApplied;
  }

  /** What the server warns of. */
  get warnings(): readonly string[] {
    return this.details.warnings ?? NONE;
  }

  /** With the option `tracing`: the id of the trace. */
  get tracingId(): string | undefined {
    return this.details.tracingId;
  }

  /**
   * With the option `tracing`: what the nodes have recorded of the request, fetched when the coordinator has finished writing it.
   * Emits once. Errors with a `CqlError` `ERR_RXCQL_NO_TRACE` if there is none, or it is not complete within 10 seconds.
   */
  trace(): Observable<Trace> {
    const { details } = this;
    const none = 'This page has no trace: ask for one with the option "tracing" of the request.';
    return details.trace?.() ?? throwError(() => new CqlError('ERR_RXCQL_NO_TRACE', none));
  }

  /** What the server sent beside the rows. */
  get customPayload(): ReadonlyMap<string, Uint8Array> | undefined {
    return this.details.customPayload;
  }

  /** The node that answered, as `host:port`. */
  get coordinator(): string {
    return this.details.coordinator ?? '';
  }

  /** How many times the request was sent. */
  get attempts(): number {
    return this.details.attempts ?? 1;
  }

  /** After a change of the schema: whether all nodes had it within 10 seconds; undefined for any other statement. */
  get schemaInAgreement(): boolean | undefined {
    return this.details.schemaInAgreement;
  }

  [Symbol.iterator](): IterableIterator<T> {
    return new PageIterator(this);
  }

  /** All rows. Delivers the page. @throws DecodeError at a row that cannot be read. */
  toArray(): T[] {
    return [...this];
  }

  /** The first row, undefined on an empty page. Delivers the page. @throws DecodeError if it cannot be read. */
  first(): T | undefined {
    for (const row of this) return row;
    return undefined;
  }

  /** The only row. Delivers the page. @throws CqlError `ERR_RXCQL_NOT_ONE_ROW` if there is none, or more than one. */
  one(): T {
    if (this.rowCount === 1 && !this.hasMorePages) return this.first() as T;
    this.skip();
    const found = this.hasMorePages
      ? `this page has ${this.rowCount}, and others may follow`
      : `there are ${this.rowCount}`;
    throw new CqlError('ERR_RXCQL_NOT_ONE_ROW', `Exactly one row was expected; ${found}.`);
  }

  /**
   * All rows as columns: numbers in typed arrays, no object a row. Delivers the page.
   *
   * @throws DecodeError at a value that cannot be read; CqlError `ERR_RXCQL_NO_COLUMNS` for pages of `pages()`, whose rows
   * have no columns.
   *
   * @example
   * ```ts
   * session.query('SELECT temperature FROM readings').pipe(
   *   map((page) => (page.columnar().columns[0]!.values as Float64Array).reduce((sum, value) => sum + value, 0)),
   * );
   * ```
   */
  columnar(): Columnar {
    try {
      const { rows } = this;
      if (rows.columnar !== undefined) return rows.columnar();
      if (rows.rowCount === 0) return { rowCount: 0, columns: [] };
      throw new CqlError('ERR_RXCQL_NO_COLUMNS', 'The rows of this page have no columns: it is none of a CQL result.');
    } finally {
      this.skip();
    }
  }

  /** Delivers the page without reading it. Its rows can still be read afterwards. */
  skip(): void {
    if (this.isDelivered) return;
    this.progress = DELIVERED;
    const { onDelivered } = this;
    this.onDelivered = undefined;
    onDelivered?.();
  }

  /** What `JSON.stringify` and `console.log` show: no rows, no paging state. For the rows there is {@link toArray}. */
  toJSON(): object {
    const { rowCount, hasMorePages } = this;
    const { coordinator } = this.details;
    const columns = this.columns.map(({ name, type }) => `${name} ${type}`);
    return { rowCount, columns, hasMorePages, ...(coordinator === undefined ? {} : { coordinator }) };
  }

  /** @internal */
  [inspectCustom](_depth: number, options: object, inspect: Inspect): string {
    return `Page ${inspect(this.toJSON(), options)}`;
  }

  /** @internal */
  get isDelivered(): boolean {
    return this.progress === DELIVERED;
  }

  /** @internal Says that a row is being taken out. */
  touch(): void {
    if (this.progress === UNTOUCHED) this.progress = TOUCHED;
  }

  /** @internal Whether a row has been taken out since the last time that this was asked. */
  takeTouch(): boolean {
    if (this.progress !== TOUCHED) return false;
    this.progress = UNTOUCHED;
    return true;
  }

  /** @internal Calls back when the page is delivered: at once if it is already. */
  whenDelivered(callback: () => void): void {
    if (this.isDelivered) {
      callback();
      return;
    }
    const before = this.onDelivered;
    this.onDelivered =
      before === undefined
        ? callback
        : () => {
            before();
            callback();
          };
  }
}

function emitRows<T>(this: Page<T>, subscriber: Subscriber<T>): void {
  const { rows } = this;
  try {
    const cursor = rows.cursor();
    for (let left = rows.rowCount; left > 0 && !subscriber.closed; left--) subscriber.next(cursor.next());
  } catch (error) {
    subscriber.error(error);
  }
  // Downstream hears of the end before the next page is asked for: an error that nobody catches leaves the query first.
  subscriber.complete();
  this.skip();
}
