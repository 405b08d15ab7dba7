import { withCauseOf } from '../codec/hidden-cause.js';
import { MAX_SHORT } from '../codec/primitives.js';
import { BindError, ConfigurationError } from '../errors.js';
import type { Params } from './bind.js';
import type { RequestSettings } from './request-options.js';
import { type Statement, StatementJob } from './statement-job.js';

/** A statement of a batch: with its values beside it, if it has any. */
export type BatchItem = Statement | readonly [statement: Statement, params?: Params];

/**
 * Reads the statements of a batch, for each of its subscriptions. What can be read only once, as a generator, is kept: a batch that is
 * subscribed to again, by `retry()` for example, must not be empty the second time.
 */
export class BatchItems {
  private readonly statements: Iterable<BatchItem>;
  private kept: { readonly items: readonly BatchItem[]; readonly error?: unknown } | undefined;

  constructor(statements: Iterable<BatchItem>) {
    this.statements = statements;
  }

  /** @throws BindError for more than 65,535; ConfigurationError for what is no statement; what the iterable throws. */
  read(settings: RequestSettings): readonly StatementJob[] {
    const items = this.raw();
    if (items.length > MAX_SHORT) {
      throw new BindError(`A batch has ${MAX_SHORT} statements at most; more were given. Nothing was sent.`);
    }
    return items.map((item, index) => atIndex(index, () => jobOf(item, settings)));
  }

  private raw(): readonly BatchItem[] {
    if (this.kept === undefined) {
      const { statements } = this;
      const iterator = iteratorOf(statements);
      if ((iterator as unknown) !== statements) return upToMost(iterator);
      try {
        this.kept = { items: upToMost(iterator) };
      } catch (error) {
        this.kept = { items: [], error };
      }
    }
    if ('error' in this.kept) throw this.kept.error;
    return this.kept.items;
  }
}

function iteratorOf(statements: unknown): Iterator<BatchItem> {
  if (typeof statements === 'object' && statements !== null && Symbol.iterator in statements) {
    return (statements as Iterable<BatchItem>)[Symbol.iterator]();
  }
  throw new ConfigurationError('The statements of a batch are an array, or another iterable.');
}

/** As many as a batch can have, and one more: it may never end. */
function upToMost(iterator: Iterator<BatchItem>): BatchItem[] {
  const items: BatchItem[] = [];
  for (let next = iterator.next(); next.done !== true; next = iterator.next()) {
    items.push(next.value);
    if (items.length <= MAX_SHORT) continue;
    iterator.return?.();
    break;
  }
  return items;
}

function jobOf(item: BatchItem, settings: RequestSettings): StatementJob {
  return isPair(item) ? new StatementJob(item[0], item[1], settings) : new StatementJob(item, undefined, settings);
}

function isPair(item: BatchItem): item is readonly [statement: Statement, params?: Params] {
  return Array.isArray(item);
}

/** Does something for the statement at `index` of a batch: an error says so, since a batch may have thousands. */
export function atIndex<T>(index: number, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw namingIndex(index, error);
  }
}

/** The same error, of which the message begins with the place of the statement in its batch. */
export function namingIndex(index: number, error: unknown): unknown {
  if (!(error instanceof BindError) && !(error instanceof ConfigurationError)) return error;
  const message = `At index ${index} of the batch: ${error.message}`;
  if (error instanceof ConfigurationError) return withCauseOf(new ConfigurationError(message), error);
  return withCauseOf(new BindError(message, { column: error.column }), error);
}
