import { asyncScheduler } from 'rxjs';
import type { Outcome } from '../../etl/outcome.js';
import type { RowPlace, ScanPage } from '../../etl/scan-page.js';
import type { TokenRange } from '../../etl/token-range.js';
import type { Session } from '../../session/session.js';
import { type Gauge, type Reading, readingOf } from './reading.js';

/** The place of a record in files: so much has been read, of so much. */
interface FilePlace {
  readonly offset: number;
  readonly size: number;
}

/** Counts what a command does. */
export class Meter implements Gauge {
  rows = 0;
  failed = 0;
  /** What has been read of what there is to read, for those who can say. */
  fraction: number | undefined;
  private written = 0;
  private traffic: () => number = () => 0;
  private session: Session | undefined;
  private planned = 0;
  private done = 0;
  /** How far each range has been read. */
  private readonly reached = new Map<string, number>();
  private readonly begun = asyncScheduler.now();
  private before = { rows: 0, elapsed: 0 };

  /** Takes latencies from a session, and bytes, until there are files that have some. */
  watch(session: Session, direction: 'in' | 'out'): void {
    this.session = session;
    this.traffic = () => (direction === 'in' ? session.metrics.bytesIn : session.metrics.bytesOut);
  }

  /** What there is to read. */
  plan(ranges: readonly TokenRange[]): void {
    this.planned = ranges.reduce((sum, { fraction }) => sum + fraction, 0);
    this.fraction = this.planned === 0 ? 1 : 0;
  }

  /** What was read, of a scan whose rows are what is counted. */
  page(page: ScanPage<unknown>): void {
    this.rows += page.rowCount;
    if (page.error === undefined) this.reachPlace(page.positionOf(0));
  }

  /** Where a record was read, in a range or in a file. */
  place(position: unknown): void {
    const place = (position ?? {}) as Partial<RowPlace & FilePlace>;
    // Once a page is enough, and how far a range has come costs something.
    if (place.range !== undefined && place.row === 0) this.reachPlace(place as RowPlace);
    const { offset, size } = place;
    if (offset !== undefined && size !== undefined) this.fraction = Math.min(1, offset / Math.max(1, size));
  }

  private reachPlace({ range, reached }: Pick<RowPlace, 'range' | 'reached'>): void {
    this.done += reached - (this.reached.get(range) ?? 0);
    this.reached.set(range, reached);
    if (this.planned > 0) this.fraction = Math.min(1, this.done / this.planned);
  }

  outcome({ kind }: Outcome): void {
    if (kind === 'failed') this.failed++;
    else this.rows++;
  }

  /** Bytes of files. */
  wrote(bytes: number): void {
    this.written += bytes;
  }

  read(): Reading {
    const elapsed = asyncScheduler.now() - this.begun;
    const latency = this.session?.metrics.latency;
    const reading = readingOf(
      {
        rows: this.rows,
        failed: this.failed,
        bytes: this.written === 0 ? this.traffic() : this.written,
        elapsed,
        fraction: this.fraction,
        p50: latency?.percentile(50) ?? 0,
        p99: latency?.percentile(99) ?? 0,
      },
      this.before,
    );
    this.before = { rows: this.rows, elapsed };
    return reading;
  }
}
