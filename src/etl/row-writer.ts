import { type Observable, of } from 'rxjs';
import { fallthroughRetry } from '../cluster/policies/retry.js';
import { RetryBudget } from '../cluster/retry-budget.js';
import { BindError, type Consistency } from '../errors.js';
import type { Page } from '../operators/page.js';
import type { Session } from '../session/session.js';
import type { Limiter } from './limiter.js';
import { type Outcome, outcomeOf, type Placed } from './outcome.js';
import { type Retrying, retrying } from './retrying.js';
import type { Write } from './row-statements.js';
import { outcomeUnlessForAll } from './write-to.js';

/** As {@link writeTo} does: a fifth of all writes may be tried again. */
const BUDGET = { percent: 20, burst: 100 };

/** Writes rows, each by one statement or by several at once. All of them may be sent twice. */
export class RowWriter {
  private readonly session: Session;
  private readonly consistency: Consistency | undefined;
  private readonly retrying: Retrying;

  constructor(session: Session, consistency?: Consistency, limiter?: Limiter) {
    this.session = session;
    this.consistency = consistency;
    this.retrying = {
      budget: new RetryBudget(BUDGET),
      isIdempotent: true,
      consistency: consistency ?? 'LOCAL_QUORUM',
      policy: undefined,
      observe: (sample) => limiter?.observe?.(sample),
    };
  }

  /** Emits what became of a record. Errors where nothing more can be written. */
  write(placed: Pick<Placed, 'record' | 'position'>, writesOf: () => readonly Write[]): Observable<Outcome> {
    let writes: readonly Write[];
    try {
      writes = writesOf();
    } catch (error) {
      if (!(error instanceof BindError)) throw error;
      return of(outcomeOf(placed, { error, attempts: 0, latency: 0 }));
    }
    // A partition that has nothing but static columns, and these are not wanted.
    if (writes.length === 0) return of(outcomeOf(placed, { attempts: 0, latency: 0 }));
    return retrying(
      () => this.request(writes),
      this.retrying,
      (ended) => outcomeUnlessForAll(placed, ended),
    );
  }

  private request(writes: readonly Write[]): Observable<Page<unknown>> {
    const { session, consistency } = this;
    const options = { idempotent: true, retry: fallthroughRetry(), ...(consistency && { consistency }) };
    const [only] = writes;
    if (writes.length === 1) return session.execute(only![0], only![1], options);
    return session.batch(writes, { ...options, type: 'unlogged' });
  }
}
