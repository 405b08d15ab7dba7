import { vi } from 'vitest';

/** Timers are moved on in steps of this, in milliseconds. */
const STEP = 250;

/** The sockets of a test do not know that time passes: between two steps the event loop reads what has come. */
const TURNS = 4;

/** Timers that stand still until they are moved on, over real sockets. */
export class VirtualTime {
  /** How much has passed, in milliseconds. */
  now = 0;

  constructor() {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
  }

  /** Lets time pass, and what is due happen. */
  async pass(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= STEP) {
      vi.advanceTimersByTime(Math.min(STEP, left));
      this.now += Math.min(STEP, left);
      await this.settle();
    }
  }

  /** Lets what is on its way arrive, in no time. */
  async settle(turns: number = TURNS): Promise<void> {
    for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
  }

  stop(): void {
    vi.useRealTimers();
  }
}
