import { LatencyHistogram } from '../cluster/latency-histogram.js';
import { RequestTimeoutError, ResponseError } from '../errors.js';

/** What is counted of the requests of a session. */
export class RequestCounts {
  begun = 0;
  retries = 0;
  speculations = 0;
  timeouts = 0;
  readonly errors: Map<string, number> = new Map<string, number>();
  readonly latency: LatencyHistogram = new LatencyHistogram();

  failed(error: unknown): void {
    if (error instanceof RequestTimeoutError) this.timeouts++;
    const kind = error instanceof ResponseError ? error.kind : error instanceof Error ? error.name : typeof error;
    this.errors.set(kind, (this.errors.get(kind) ?? 0) + 1);
  }
}
