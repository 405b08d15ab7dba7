import type { Workload } from '../workloads.js';

/** Why a line does not grow as expected. It is printed only where the figures show it. */
export interface Explanation {
  readonly section: string;
  readonly workloads: readonly Workload[];
  readonly to: readonly string[];
  readonly why: string;
}

export const EXPLANATIONS: readonly Explanation[] = [];
