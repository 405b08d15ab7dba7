import { catchError, defer, map, type Observable, of, tap, throwError } from 'rxjs';
import type { Endpoint } from '../wire/socket.js';

/** What knows where a cluster is, all nodes of which are reached by a proxy. */
export interface Directory {
  /** Looks it up: cold, emits once and completes. */
  readonly look: Observable<DirectoryEntry>;
}

/** Where a cluster is. */
export interface DirectoryEntry {
  readonly contactPoints: readonly Endpoint[];
  readonly localDataCenter: string;
  /** Where a node is connected to. */
  readonly endpointOf: (hostId: string) => Endpoint;
}

/** Where to begin: what was given, or what a directory says. What that said last counts for as long as it says nothing. */
export class Whereabouts {
  latest: DirectoryEntry | undefined;
  /** Cold, emits once and completes. */
  readonly contactPoints: Observable<readonly Endpoint[]>;

  constructor(given: readonly Endpoint[], directory: Directory | undefined) {
    const looked = directory?.look.pipe(
      tap((entry) => (this.latest = entry)),
      catchError((error: unknown) => (this.latest === undefined ? throwError(() => error) : of(this.latest))),
      map(({ contactPoints }) => contactPoints),
    );
    this.contactPoints = looked ?? defer(() => of(given));
  }

  /** The same places as they are now: those of nodes that are known may be from before. */
  updated(places: readonly Endpoint[]): readonly Endpoint[] {
    const { latest } = this;
    return latest === undefined ? places : places.map(({ host }) => latest.endpointOf(host));
  }
}
