import { defer, type Observable, of, ReplaySubject, share, tap } from 'rxjs';
import { ended } from './ended.js';
import type { PreparedStatement } from './prepared.js';

interface Entry {
  readonly statement: PreparedStatement;
  /** Whether it was used since it was last considered for eviction. */
  isRecent: boolean;
}

/** The statements of one keyspace, by their text. */
class Statements {
  readonly prepared = new Map<string, Entry>();
  /** Those that are being prepared: one request each, shared by all who wait for it. */
  readonly pending = new Map<string, Observable<PreparedStatement>>();
}

/**
 * The statements that a session has prepared, by keyspace and text: at most `capacity`, of which those that have not been
 * used for long make room. Each is prepared once, however many ask for it at a time; one that fails is not kept.
 */
export class PreparedCache {
  private readonly capacity: number;
  private readonly onEvicted: (cql: string) => void;
  private readonly keyspaces = new Map<string | undefined, Statements>();
  private size = 0;

  /** @param onEvicted Told of each that has made room. */
  constructor(capacity: number, onEvicted: (cql: string) => void) {
    this.capacity = capacity;
    this.onEvicted = onEvicted;
  }

  /** All that are prepared. */
  *[Symbol.iterator](): Generator<PreparedStatement, void> {
    for (const { prepared } of this.keyspaces.values()) for (const { statement } of prepared.values()) yield statement;
  }

  /** The statement, if it has been prepared. */
  get(keyspace: string | undefined, cql: string): PreparedStatement | undefined {
    const entry = this.keyspaces.get(keyspace)?.prepared.get(cql);
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
      const known = this.get(keyspace, cql);
      if (known !== undefined) return of(known);
      const { prepared, pending } = this.statementsOf(keyspace);
      const waiting = pending.get(cql);
      if (waiting !== undefined) return waiting;
      const shared = defer(prepare).pipe(
        tap((statement) => {
          prepared.set(cql, { statement, isRecent: true });
          this.size++;
          this.evict();
        }),
        // Before the others hear of it: who tries again must not be counted among them.
        ended(() => pending.delete(cql)),
        share({ connector: () => new ReplaySubject(1) }),
      );
      pending.set(cql, shared);
      return shared;
    });
  }

  /** Forgets those that are affected by something: they are prepared again when they are next asked for. */
  forget(isAffected: (statement: PreparedStatement) => boolean): void {
    for (const { prepared } of this.keyspaces.values()) {
      for (const [cql, { statement }] of prepared) {
        if (!isAffected(statement)) continue;
        prepared.delete(cql);
        this.size--;
      }
    }
  }

  private statementsOf(keyspace: string | undefined): Statements {
    const statements = this.keyspaces.get(keyspace) ?? new Statements();
    this.keyspaces.set(keyspace, statements);
    return statements;
  }

  /** A second chance for what was used since the last time: as good as an exact order of use, at no cost for each use. */
  private evict(): void {
    for (let round = 0; round < 2; round++) {
      for (const { prepared } of this.keyspaces.values()) {
        // A copy: what gets its second chance goes to the end, and would be met again in the same round.
        for (const [cql, entry] of [...prepared]) {
          if (this.size <= this.capacity) return;
          prepared.delete(cql);
          if (entry.isRecent) prepared.set(cql, { ...entry, isRecent: false });
          else {
            this.size--;
            this.onEvicted(cql);
          }
        }
      }
    }
  }
}
