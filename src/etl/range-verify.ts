import { forkJoin, type Observable, type Subscriber, Subscription } from 'rxjs';
import type { Row } from '../operators/page.js';
import { decoded, differing } from './compare-cells.js';
import type { Diff } from './diff.js';
import { type MatchListener, OrderedMatch, type Side } from './ordered-match.js';
import type { ScanPage } from './scan-page.js';
import { TableSide } from './table-side.js';
import type { RowLayout, VerifiedRow } from './verified-rows.js';

/** What the ranges of a verification share. */
export interface Verifying {
  readonly layout: RowLayout;
  /** Emits whether the target has a row of this key. */
  isInTarget(key: Row): Observable<boolean>;
  /** Writes what the source has of a row into the target: its values by name, null for what is to be deleted. Undefined if nothing is repaired. */
  readonly repair: ((row: Row, isStatic: boolean) => Observable<unknown>) | undefined;
}

/** How many rows of a range are repaired at a time. */
const REPAIRS = 16;

/**
 * ```
 * source --pages--> side \                       / both: compared, cell by cell
 *                         >--> ordered match -->
 * target --pages--> side /                       \ only one: missing, or extra
 *      ^                |
 *      '---- next page -'   when its rows are taken, which the side does that is behind
 * ```
 *
 * Compares one range of two tables. What is found is emitted as it is found; with repairs, when it has been repaired.
 */
export class RangeVerify implements MatchListener<VerifiedRow> {
  private readonly verifying: Verifying;
  private readonly subscriber: Subscriber<Diff>;
  private readonly sides: Readonly<Record<Side, TableSide>>;
  private readonly match = new OrderedMatch<VerifiedRow>(this);
  private readonly work = new Subscription();
  private isRunning = false;
  /** Until it is known whether the target has what waits. */
  private isAsking = false;
  private repairs = 0;

  constructor(verifying: Verifying, subscriber: Subscriber<Diff>) {
    this.verifying = verifying;
    this.subscriber = subscriber;
    this.sides = { source: new TableSide(verifying.layout), target: new TableSide(verifying.layout) };
  }

  start(pages: Readonly<Record<Side, Observable<ScanPage>>>): void {
    const run = (): void => this.run();
    const fail = (error: unknown): void => this.subscriber.error(error);
    for (const side of ['source', 'target'] as const) this.sides[side].start(pages[side], run, fail);
  }

  unsubscribe(): void {
    this.work.unsubscribe();
    this.sides.source.unsubscribe();
    this.sides.target.unsubscribe();
  }

  /** Goes on as far as it can. */
  private run(): void {
    // A page may come while another one is being left: the loop sees it.
    if (this.isRunning) return;
    this.isRunning = true;
    try {
      while (this.step());
    } catch (error) {
      this.subscriber.error(error);
    } finally {
      this.isRunning = false;
    }
  }

  private step(): boolean {
    const { match, sides, subscriber } = this;
    if (subscriber.closed || this.isAsking || this.repairs >= REPAIRS) return false;
    if (this.skipsEqual()) return true;
    const undecided = match.undecided;
    if (undecided.length > 0) {
      this.ask(undecided);
      return true;
    }
    const side = match.wanted;
    if (side === undefined) {
      if (this.repairs === 0) subscriber.complete();
      return false;
    }
    const row = sides[side].take();
    if (row !== undefined) match.add(side, row);
    else if (sides[side].isDone) match.end(side);
    else return false;
    return true;
  }

  /** Rows that are the same byte by byte need no key, as long as no other row waits, nor static columns that belong to several. */
  private skipsEqual(): boolean {
    const { source, target } = this.sides;
    if (this.verifying.layout.statics.length > 0 || !this.match.isIdle) return false;
    const [row, other] = [source.current, target.current];
    if (row === undefined || other?.isSame(row) !== true) return false;
    source.move();
    target.move();
    return true;
  }

  private ask(undecided: readonly VerifiedRow[]): void {
    this.isAsking = true;
    const asked = undecided.map((row) => this.verifying.isInTarget(this.keyOf(row, 'source')));
    this.work.add(
      forkJoin(asked).subscribe({
        next: (isThere) => {
          this.isAsking = false;
          this.match.decide(isThere);
          this.run();
        },
        error: (error: unknown) => this.subscriber.error(error),
      }),
    );
  }

  both(row: VerifiedRow, other: VerifiedRow): void {
    const { source, target } = this.sides;
    const places = this.placesOf(row);
    const found = differing(places, row.cells, other.cells, source.columns, target.columns);
    if (found.length === 0) return;
    const columns = found.map((i) => source.columns[i]!.name);
    this.report({ kind: 'different', key: this.keyOf(row, 'source'), columns }, row, found);
  }

  only(side: Side, row: VerifiedRow): void {
    const present = this.placesOf(row).filter((i) => row.cells[i] !== null);
    // A partition without static values has nothing but its rows.
    if (row.isStatic && present.length === 0) return;
    const key = this.keyOf(row, side);
    if (side === 'target') this.report({ kind: 'extra', key });
    else this.report({ kind: 'missing', key }, row, present);
  }

  private report(diff: Diff, row?: VerifiedRow, places: readonly number[] = []): void {
    const { repair } = this.verifying;
    if (repair === undefined || row === undefined) {
      this.subscriber.next(diff);
      return;
    }
    const values = { ...diff.key, ...this.valuesOf(row, places, 'source') };
    this.repairs++;
    this.work.add(
      repair(values, row.isStatic).subscribe({
        error: (error: unknown) => this.subscriber.error(error),
        complete: () => {
          this.repairs--;
          this.subscriber.next(diff);
          this.run();
        },
      }),
    );
  }

  /** Where the columns of a row are that are no part of its key. */
  private placesOf({ isStatic }: VerifiedRow): readonly number[] {
    return this.verifying.layout[isStatic ? 'statics' : 'regular'];
  }

  private keyOf(row: VerifiedRow, side: Side): Row {
    const { partitionKey, clustering } = this.verifying.layout;
    return this.valuesOf(row, row.isStatic ? partitionKey : [...partitionKey, ...clustering], side);
  }

  private valuesOf({ cells }: VerifiedRow, places: readonly number[], side: Side): Row {
    const { columns } = this.sides[side];
    return Object.fromEntries(places.map((i) => [columns[i]!.name, decoded(cells[i]!, columns[i]!)]));
  }
}
