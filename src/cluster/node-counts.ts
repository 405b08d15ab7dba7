import { ResponseError } from '../errors.js';
import { LatencyHistogram } from './latency-histogram.js';

/** Errors, by the kind of a `ResponseError` or the name of another. */
export class ErrorCounts {
  private readonly counts = new Map<string, number>();

  add(error: unknown): void {
    const kind = error instanceof ResponseError ? error.kind : error instanceof Error ? error.name : typeof error;
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  /** As they are now. */
  get values(): Record<string, number> {
    return Object.fromEntries(this.counts);
  }
}

/** What is counted of the requests that were sent to one node. */
export class NodeCounts {
  requests = 0;
  readonly errors: ErrorCounts = new ErrorCounts();
  readonly latency: LatencyHistogram = new LatencyHistogram();
}
