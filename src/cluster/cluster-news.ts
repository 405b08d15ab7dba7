import { type Observable, ReplaySubject, Subject } from 'rxjs';
import type { ClusterEvent } from './cluster-event.js';
import type { Node, Topology } from './node.js';

/** What others are told of a cluster. */
export class ClusterNews {
  /** The nodes at present; undefined before the first were found. */
  current: Topology | undefined;
  /** The nodes at present, and then whenever anything of them changes. */
  readonly topology: Observable<Topology>;
  readonly events: Observable<ClusterEvent>;

  private readonly topologies = new ReplaySubject<Topology>(1);
  private readonly happened = new Subject<ClusterEvent>();

  constructor() {
    this.topology = this.topologies.asObservable();
    this.events = this.happened.asObservable();
  }

  /** The nodes have changed, or something about them. */
  publish(nodes: readonly Node[], localDataCenter: string): void {
    this.current = { nodes, localDataCenter };
    this.topologies.next(this.current);
  }

  tell(event: ClusterEvent): void {
    this.happened.next(event);
  }

  /** Completes both. */
  end(): void {
    this.topologies.complete();
    this.happened.complete();
  }
}
