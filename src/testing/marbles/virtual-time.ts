import { asapScheduler, type SchedulerAction, type Subscription } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';

/** What RxJS says when it was to run something that is due and there is nothing any more. */
const NOTHING_DUE = 'Expected a due immediate or interval';

/**
 * RxJS's `TestScheduler`, but that what is no mistake of a test does not fail it.
 *
 * For each timer RxJS makes a note to run something at its time, the end of a turn first: not necessarily that timer. If what runs
 * clears a timer whose note was used already, a note is left, and RxJS fails when it comes to it. A session does so whenever its
 * connection is lost in the millisecond of a heartbeat.
 */
export class VirtualTime extends TestScheduler {
  override schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay?: number, state?: T): Subscription {
    const run = function (this: SchedulerAction<T>, given?: T): void {
      try {
        work.call(this, given);
      } catch (error) {
        if (!(error instanceof Error && error.message === NOTHING_DUE)) throw error;
      }
    };
    return super.schedule(run, delay, state);
  }

  /**
   * RxJS has one list of what waits for the end of a turn. What a test that fails leaves there would never be done, and nothing
   * that the tests after it put behind that would be either.
   */
  override run<T>(callback: (helpers: RunHelpers) => T): T {
    const before = new Set(asapScheduler.actions);
    try {
      return super.run(callback);
    } finally {
      for (const action of asapScheduler.actions.filter((each) => !before.has(each))) action.unsubscribe();
    }
  }
}
