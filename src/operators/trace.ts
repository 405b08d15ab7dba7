/** What the nodes of a cluster have recorded of a request. Times are microseconds. */
export interface Trace {
  readonly id: string;
  /** The address of the node that was asked. */
  readonly coordinator: string;
  /** How long the request took. */
  readonly duration: number;
  /** What was done, in the order of time. */
  readonly events: readonly TraceEvent[];
}

export interface TraceEvent {
  /** The address of the node that did it. */
  readonly source: string;
  readonly activity: string;
  /** How long that node had been busy with the request then. */
  readonly elapsed: number;
}
