import { LatencyHistogram } from '../cluster/latency-histogram.js';
import { ErrorCounts } from '../cluster/node-counts.js';
import { RequestTimeoutError } from '../errors.js';

/** What is counted of the requests of a session. */
export class RequestCounts {
  begun = 0;
  retries = 0;
  speculations = 0;
  timeouts = 0;
  readonly errors: ErrorCounts = new ErrorCounts();
  readonly latency: LatencyHistogram = new LatencyHistogram();

  failed(error: unknown): void {
    if (error instanceof RequestTimeoutError) this.timeouts++;
    this.errors.add(error);
  }
}
