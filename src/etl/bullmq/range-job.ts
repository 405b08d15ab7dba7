import type { Job, Queue } from 'bullmq';
import type { StoredRange } from './range-plan.js';

/** What the job of a range has. */
export interface RangeJobData extends StoredRange {
  /** The digest of the plan that it is part of. */
  readonly plan: string;
}

/** What is kept of a range that is done. */
export interface RangeReturn {
  readonly rows: number;
}

export type RangeJob = Job<RangeJobData, RangeReturn>;
export type RangeJobs = Queue<RangeJobData, RangeReturn>;

/** What the jobs are called. Their ids are those of their ranges. */
export const JOB_NAME = 'range';
