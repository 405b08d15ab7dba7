import { asyncScheduler } from 'rxjs';
import type { CheckpointRecord, CheckpointStore } from './checkpoint-store.js';
import type { TokenRange } from './token-range.js';

/** What says how far a range has come: the pages of a scan do. */
export interface Advanced {
  readonly range: TokenRange;
  /** Which of its range it is, from 0. */
  readonly seq: number;
  readonly upto: bigint;
  readonly lastOfRange: boolean;
}

/** Notes how far ranges have come in a store: their ends at once, and from within them no more often than every so many milliseconds. */
export class CheckpointNotes {
  private readonly store: CheckpointStore;
  private readonly every: number;
  private readonly order = new InOrder();
  private readonly pending = new Map<string, CheckpointRecord>();
  private notedAt = asyncScheduler.now();

  constructor(store: CheckpointStore, every: number) {
    this.store = store;
    this.every = every;
  }

  /** Something is done; what comes before it of its range may come later. */
  done(advanced: Advanced): void {
    const done = this.order.take(advanced);
    if (done === undefined) return;
    const { range, upto, lastOfRange } = done;
    if (!lastOfRange && (upto === range.start || this.every === Infinity)) return;
    const end = lastOfRange ? range.end : upto;
    this.pending.set(range.id, { start: String(range.start), upto: String(end), end: String(range.end) });
    if (lastOfRange || asyncScheduler.now() - this.notedAt >= this.every) this.note();
  }

  close(): void {
    try {
      this.note();
    } catch {
      // What has ended is noted by now: this was how far others had come, which is done again. Nobody could be told who does not know.
    } finally {
      this.store.close();
    }
  }

  private note(): void {
    const records = [...this.pending.values()];
    this.pending.clear();
    if (records.length > 0) this.store.append(records);
    this.notedAt = asyncScheduler.now();
  }
}

/** Work on several pages of a range may end in any order: what is done is what all before it are done of. */
class InOrder {
  private readonly ranges = new Map<string, { next: number; readonly waiting: Map<number, Advanced> }>();

  /** Up to where its range is done now; undefined as long as something before it is not. */
  take(advanced: Advanced): Advanced | undefined {
    const { id } = advanced.range;
    const range = this.ranges.get(id) ?? { next: 0, waiting: new Map<number, Advanced>() };
    this.ranges.set(id, range);
    range.waiting.set(advanced.seq, advanced);
    let done: Advanced | undefined;
    for (let next = range.waiting.get(range.next); next !== undefined; next = range.waiting.get(range.next)) {
      range.waiting.delete(range.next++);
      done = next;
    }
    if (done?.lastOfRange === true) this.ranges.delete(id);
    return done;
  }
}
