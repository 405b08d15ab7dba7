import { channel } from 'node:diagnostics_channel';
import type { Unsubscribable } from 'rxjs';
import type { Page } from '../operators/page.js';
import type { Deadlines, Watched } from '../wire/deadlines.js';
import { shownCql } from './shown-cql.js';

/** After how long without being read a page is told of, in milliseconds. */
const UNREAD_AFTER = 30_000;

const unread = channel('rxcql:page:unread');

let hasWarned = false;

/** What the channel `rxcql:page:unread` of `node:diagnostics_channel` tells of a page that stops its query. */
export interface UnreadPage {
  /** The statement without the values in its text, at most 500 characters. */
  readonly cql: string;
  /** Which page of the query, from 0. */
  readonly index: number;
  readonly rowCount: number;
  /** For how long none of its rows was read, in milliseconds. */
  readonly waited: number;
  /** The node that it came from, as `host:port`. */
  readonly coordinator: string;
}

/**
 * The pages of a session's queries that wait to be read. That is how backpressure works, unless nobody will ever read them:
 * then the query stands still without a word. So a page that has waited for long is told of, once.
 *
 * No page that is read at once comes here, and none has a timer: all have the same time, so that the first is always that
 * which is over next.
 */
export class UnreadPages implements Watched {
  private readonly deadlines: Deadlines;
  private readonly waiting = new Set<Waiting>();

  constructor(deadlines: Deadlines) {
    this.deadlines = deadlines;
  }

  /** Watches over a page until it is unsubscribed. */
  watch(page: Page<never>, index: number, cql: string): Unsubscribable {
    const expiresAt = this.deadlines.after(UNREAD_AFTER);
    const waiting: Waiting = { page, index, cql, expiresAt, unsubscribe: () => void this.waiting.delete(waiting) };
    this.waiting.add(waiting);
    this.deadlines.watch(this);
    return waiting;
  }

  sweep(tick: number): boolean {
    for (const waiting of this.waiting) {
      if (waiting.expiresAt > tick) break;
      this.waiting.delete(waiting);
      // An iterator that is slow, or was left half-way: which of them, the next time shows.
      if (waiting.page.takeTouch()) {
        waiting.expiresAt = this.deadlines.after(UNREAD_AFTER);
        this.waiting.add(waiting);
      } else {
        report(waiting);
      }
    }
    return this.waiting.size > 0;
  }
}

interface Waiting extends Unsubscribable {
  readonly page: Page<never>;
  readonly index: number;
  readonly cql: string;
  /** In ticks of the deadlines. */
  expiresAt: number;
}

function report({ page, index, cql: text }: Waiting): void {
  const cql = shownCql(text);
  if (unread.hasSubscribers) {
    const { rowCount, coordinator } = page;
    const message: UnreadPage = { cql, index, rowCount, waited: UNREAD_AFTER, coordinator };
    unread.publish(message);
  }
  if (hasWarned) return;
  hasWarned = true;
  process.emitWarning(
    `A page of a query has waited for ${UNREAD_AFTER / 1000} s without being read, and no more pages are fetched before it ` +
      `is: ${cql}\nIf it only waits for slow work, all is well. If nobody reads it, as with ` +
      'lastValueFrom(query), the query stands still: every page has to be read, or skipped by page.skip(). This is said once; the diagnostics channel rxcql:page:unread tells of each.',
    { type: 'RxcqlWarning', code: 'RXCQL_UNREAD_PAGE' },
  );
}
