import { defer, finalize, type Observable, of, ReplaySubject, share, tap } from 'rxjs';
import type { PreparedStatement } from './prepared.js';

interface Entry {
  statement: PreparedStatement | undefined;
  /** The one request that prepares it, shared by all who wait for it. */
  pending: Observable<PreparedStatement> | undefined;
  /** Whether it was used since it was last considered for eviction. */
  isRecent: boolean;
}

/**
 * The statements that a session has prepared, by keyspace and text: at most `capacity`, of which those that have not been
 * used for longest make room. Each is prepared once, however many ask for it at a time; one that fails is not kept.
 */
export class PreparedCache {
  private readonly capacity: number;
  private readonly keyspaces = new Map<string | undefined, Map<string, Entry>>();
  private size = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** The statement, if it has been prepared. */
  get(keyspace: string | undefined, cql: string): PreparedStatement | undefined {
    const entry = this.keyspaces.get(keyspace)?.get(cql);
    if (entry === undefined) return undefined;
    entry.isRecent = true;
    return entry.statement;
  }

  /** Emits the statement and completes; `prepare` is subscribed to if nobody has done so before. */
  obtain(
    keyspace: string | undefined,
    cql: string,
    prepare: () => Observable<PreparedStatement>,
  ): Observable<PreparedStatement> {
    return defer(() => {
      const entries = this.entriesOf(keyspace);
      const known = entries.get(cql);
      if (known?.statement !== undefined) return of(known.statement);
      if (known?.pending !== undefined) return known.pending;
      const entry: Entry = { statement: undefined, pending: undefined, isRecent: true };
      entry.pending = defer(prepare).pipe(
        tap((statement) => {
          entry.statement = statement;
        }),
        finalize(() => {
          entry.pending = undefined;
          if (entry.statement === undefined && entries.delete(cql)) this.size--;
        }),
        share({ connector: () => new ReplaySubject(1) }),
      );
      entries.set(cql, entry);
      this.size++;
      this.evict();
      return entry.pending;
    });
  }

  private entriesOf(keyspace: string | undefined): Map<string, Entry> {
    let entries = this.keyspaces.get(keyspace);
    if (entries === undefined) {
      entries = new Map<string, Entry>();
      this.keyspaces.set(keyspace, entries);
    }
    return entries;
  }

  /** A second chance for what was used since the last time: as good as an exact order of use, at no cost for each use. */
  private evict(): void {
    while (this.size > this.capacity) {
      for (const entries of this.keyspaces.values()) {
        for (const [cql, entry] of entries) {
          if (this.size <= this.capacity) return;
          entries.delete(cql);
          if (entry.isRecent || entry.pending !== undefined) {
            entry.isRecent = false;
            entries.set(cql, entry);
            if (entry.pending !== undefined) return;
          } else {
            this.size--;
          }
        }
      }
    }
  }
}
