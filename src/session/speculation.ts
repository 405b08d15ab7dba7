import { type Subscription, timer } from 'rxjs';
import type { Latency } from '../cluster/latency-histogram.js';
import type { SpeculationPolicy } from '../cluster/policies/speculation.js';

/** The further attempts of one request, each when it is due, until it is left. */
export class Speculation {
  private readonly policy: SpeculationPolicy;
  private readonly latency: Latency;
  private readonly begin: () => boolean;
  private waiting: Subscription | undefined;
  private isOver = false;

  /** @param begin Begins an attempt; false if there can be none. */
  constructor(policy: SpeculationPolicy, latency: Latency, begin: () => boolean) {
    this.policy = policy;
    this.latency = latency;
    this.begin = begin;
    this.schedule(1);
  }

  unsubscribe(): void {
    this.isOver = true;
    this.waiting?.unsubscribe();
  }

  private schedule(attempt: number): void {
    const delay = this.delayOf(attempt);
    if (delay === undefined || this.isOver) return;
    this.waiting = timer(delay).subscribe(() => {
      if (!this.isOver && this.begin()) this.schedule(attempt + 1);
    });
  }

  /** A policy that fails is one that says no. */
  private delayOf(attempt: number): number | undefined {
    try {
      const delay = this.policy(attempt, this.latency);
      return delay !== undefined && delay >= 0 ? delay : undefined;
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error), { code: 'RXCQL_SPECULATION_POLICY' });
      return undefined;
    }
  }
}
