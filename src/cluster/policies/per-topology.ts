import type { Topology } from '../node.js';

/** What follows from a topology, computed once for each. */
export class PerTopology<T> {
  private readonly compute: (topology: Topology) => T;
  /** Of several sessions that share a policy. */
  private readonly known = new WeakMap<Topology, T>();
  private last: Topology | undefined;
  private value: T | undefined;

  constructor(compute: (topology: Topology) => T) {
    this.compute = compute;
  }

  of(topology: Topology): T {
    // Looking into a WeakMap costs as much as all the rest of a plan.
    if (topology === this.last) return this.value as T;
    let value = this.known.get(topology);
    if (value === undefined) {
      value = this.compute(topology);
      this.known.set(topology, value);
    }
    this.last = topology;
    this.value = value;
    return value;
  }
}
