import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it, vi } from 'vitest';
import { Deadlines } from '../../src/wire/deadlines.js';

const atOnce = (work: () => void): (() => void) => {
  work();
  return () => undefined;
};

function inVirtualTime(test: (deadlines: Deadlines, scheduler: TestScheduler) => void): void {
  const scheduler = new TestScheduler(() => undefined);
  scheduler.run(() => {
    test(new Deadlines(atOnce), scheduler);
    scheduler.flush();
  });
}

describe('deadlines', () => {
  it.each([1, 50, 120, 12_000])('of %i ms are never early, and at most 100 ms late', (timeout) => {
    inVirtualTime((deadlines, scheduler) => {
      const expiresAt = deadlines.after(timeout);
      deadlines.watch({
        sweep: (tick) => {
          if (tick < expiresAt) return true;
          expect(scheduler.now()).toBeGreaterThanOrEqual(timeout);
          expect(scheduler.now()).toBeLessThanOrEqual(timeout + 100);
          return false;
        },
      });
    });
  });

  it('need no timer when there are none', () => {
    inVirtualTime((deadlines, scheduler) => {
      const sweep = vi.fn(() => false);
      deadlines.watch({ sweep });
      scheduler.schedule(() => expect(sweep).toHaveBeenCalledOnce(), 1_000);
      scheduler.schedule(() => expect(scheduler.actions.length).toBe(0), 2_000);
    });
  });

  it('are judged at the end of the turn, when answers that have arrived meanwhile were read', () => {
    const later: (() => void)[] = [];
    const scheduler = new TestScheduler(() => undefined);
    scheduler.run(() => {
      const deadlines = new Deadlines((work) => {
        later.push(work);
        return () => undefined;
      });
      const sweep = vi.fn(() => true);
      deadlines.watch({ sweep });
      scheduler.schedule(() => {
        expect(sweep).not.toHaveBeenCalled();
        later.shift()!();
        expect(sweep).toHaveBeenCalledExactlyOnceWith(1);
        deadlines.stop();
      }, 60);
      scheduler.flush();
    });
  });

  it('are what a timer of theirs counts, which leaves nothing when it is left', () => {
    inVirtualTime((deadlines, scheduler) => {
      const over: number[] = [];
      deadlines.timer(120).subscribe(() => over.push(scheduler.now()));
      const left = deadlines.timer(60_000).subscribe(() => expect.fail('It was left.'));
      scheduler.schedule(() => {
        expect(over.length).toBe(1);
        expect(over[0]).toBeGreaterThanOrEqual(120);
        expect(over[0]).toBeLessThanOrEqual(220);
        left.unsubscribe();
      }, 300);
      scheduler.schedule(() => expect(scheduler.actions.length).toBe(0), 400);
    });
  });
});
