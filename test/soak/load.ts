import type { Ledger } from './ledger.js';
import type { Measures, Phase } from './measures.js';
import { type Candidate, type OperationKind, type Outcome } from './workload.js';

/** How often operations are begun, in milliseconds. */
const BEAT = 10;

/** More than this in flight would test the patience of the machine rather than a driver. */
const MOST_IN_FLIGHT = 2_000;

/**
 * So many operations a second, whether those before have been answered or not: a client that waits for its answers would
 * ask less of a cluster that is in trouble. An operation's time counts from when it was due.
 */
export class Load {
  phase: Phase = 'calm';
  /** What was answered otherwise than can be, in sentences. */
  readonly wrong: string[] = [];
  /** The kinds of what should not have been told, beyond errors: `done` that was called twice. */
  answeredTwice = 0;
  inFlight = 0;

  private readonly candidate: Candidate;
  private readonly ledger: Ledger;
  private readonly measures: Measures;
  private readonly rate: number;
  private readonly pick: () => OperationKind;
  private readonly watched = new Map<string, { since: number; onAnswer: () => void }>();
  private timer: NodeJS.Timeout | undefined;
  private begun = 0;
  private since = 0;

  constructor(candidate: Candidate, ledger: Ledger, measures: Measures, rate: number, pick: () => OperationKind) {
    this.candidate = candidate;
    this.ledger = ledger;
    this.measures = measures;
    this.rate = rate;
    this.pick = pick;
  }

  start(): void {
    this.since = performance.now();
    this.timer = setInterval(() => this.beat(), BEAT);
  }

  /** Resolves when all is answered; at the latest after `patience` milliseconds. */
  async stop(patience: number): Promise<void> {
    clearInterval(this.timer);
    const until = performance.now() + patience;
    while (this.inFlight > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  /** Calls `onAnswer` once, when a node answers an operation that is begun from now on. */
  watch(address: string, onAnswer: () => void): void {
    this.watched.set(address, { since: performance.now(), onAnswer });
  }

  private beat(): void {
    const due = Math.floor(((performance.now() - this.since) / 1_000) * this.rate);
    while (this.begun < due && this.inFlight < MOST_IN_FLIGHT) {
      const at = this.since + (this.begun++ * 1_000) / this.rate;
      this.begin(at);
    }
  }

  private begin(at: number): void {
    const { phase, measures } = this;
    const kind = this.pick();
    const { operation, settle } = this.ledger.task(kind);
    const begun = performance.now();
    let isSettled = false;
    this.inFlight++;
    this.candidate.run(operation, (outcome) => {
      if (isSettled) {
        this.answeredTwice++;
        return;
      }
      isSettled = true;
      this.inFlight--;
      if (outcome.error === undefined) measures.done(phase, kind, performance.now() - at);
      else measures.failed(phase, kind, outcome.error.kind);
      const mistake = settle(outcome);
      if (mistake !== undefined && this.wrong.length < 20) this.wrong.push(mistake);
      this.notice(outcome, begun);
    });
  }

  private notice({ coordinator = '' }: Outcome, begun: number): void {
    const watched = this.watched.get(coordinator);
    if (watched === undefined || begun < watched.since) return;
    this.watched.delete(coordinator);
    watched.onAnswer();
  }
}
