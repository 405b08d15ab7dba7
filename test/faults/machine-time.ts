import { performance } from 'node:perf_hooks';

/** How often the event loop is looked at, in milliseconds. */
const GRAIN = 5;

/** Shorter gaps are those of a timer that is not exact. */
const NOTHING = 5;

/**
 * A clock that stands still while the machine gives its processors to others, and what it saw of the event loop meanwhile: how long
 * the driver kept it busy. A test on a busy machine measures the driver that way, and neither its neighbours nor the server of the
 * test, which lives in the same process.
 */
export class MachineTime {
  /** For how long the event loop did not come around because of our own work, at each look: milliseconds. */
  readonly lags: number[] = [];

  private readonly timer = setInterval(() => this.look(), GRAIN);
  private last = performance.now();
  private cpu = process.cpuUsage();
  private stolen = 0;
  /** What others than the driver did since the last look. */
  private elsewhere = 0;
  private depth = 0;

  constructor() {
    this.timer.unref();
  }

  /** Milliseconds, of which only differences mean anything. */
  now(): number {
    this.look();
    return this.last - this.stolen;
  }

  /** Forgets what has passed since the last look: it was work of the test. */
  skip(): void {
    this.stolen += performance.now() - this.last;
    this.last = performance.now();
    this.cpu = process.cpuUsage();
  }

  /** Does work that is not the driver's. */
  apart<T>(work: () => T): T {
    const since = performance.now();
    this.depth++;
    try {
      return work();
    } finally {
      if (--this.depth === 0) this.elsewhere += performance.now() - since;
    }
  }

  /** Of a hundred looks, 99 saw no longer lag than this. */
  get p99(): number {
    const sorted = [...this.lags].sort((a, b) => a - b);
    return sorted[Math.floor((sorted.length - 1) * 0.99)] ?? 0;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const now = performance.now();
    const { user, system } = process.cpuUsage(this.cpu);
    const worked = (user + system) / 1000;
    const lag = Math.max(0, now - this.last - GRAIN);
    if (lag > NOTHING && lag > worked) this.stolen += lag - worked;
    // Looks that somebody asked for are too early to tell.
    if (now - this.last >= GRAIN) this.lags.push(Math.max(0, Math.min(lag, worked) - this.elsewhere));
    this.elsewhere = 0;
    this.last = now;
    this.cpu = process.cpuUsage();
  }
}
