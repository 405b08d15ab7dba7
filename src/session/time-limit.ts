import type { Deadlines } from '../wire/deadlines.js';
import type { Job } from './job.js';

const DEFAULT_TIMEOUT = 12_000;
const DDL_TIMEOUT = 60_000;

function timeoutOf({ settings, kind }: Job): number {
  return settings.timeout ?? (kind === 'ddl' ? DDL_TIMEOUT : DEFAULT_TIMEOUT);
}

/** The tick at which a request of the job is over that begins now. */
export function timeLimit(job: Job, deadlines: Deadlines): number {
  const { deadline } = job.settings;
  const limit = deadlines.after(timeoutOf(job));
  if (deadline === undefined) return limit;
  job.deadline ??= deadlines.after(deadline);
  return Math.min(limit, job.deadline);
}

/** How much time a request had, in words. */
export function withinLimit(job: Job, limit: number): string {
  const { deadline } = job.settings;
  if (deadline === undefined || limit !== job.deadline) return `within ${timeoutOf(job)} ms`;
  return `before the deadline of ${deadline} ms for all pages`;
}
