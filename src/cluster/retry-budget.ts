/** What a retry costs; what a request brings in is its hundredth part for each per cent. Whole numbers add up exactly. */
const COST = 100;

/**
 * How many retries a session may make: a share of its requests, and some at once after a quiet time. Where a whole cluster fails,
 * a retry for each request would only double its load.
 */
export class RetryBudget {
  private readonly percent: number;
  private readonly most: number;
  private left: number;

  /** @param options `percent` of the requests may be repeated, default 10; `burst` retries at once, default 10. */
  constructor(options: { percent?: number; burst?: number } = {}) {
    const { percent = 10, burst = 10 } = options;
    this.percent = percent;
    this.most = burst * COST;
    this.left = this.most;
  }

  /** Counts a request, when it is sent for the first time. */
  onRequest(): void {
    this.left = Math.min(this.most, this.left + this.percent);
  }

  /** Takes a retry, if there is one left. */
  take(): boolean {
    if (this.left < COST) return false;
    this.left -= COST;
    return true;
  }
}
