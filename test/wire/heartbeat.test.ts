import { NEVER } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/wire/connection.js';
import { heartbeat } from '../../src/wire/heartbeat.js';

const IDLE = 40;

/** When the first question goes out if timers, as those of Node, come a little early, and each reading of the clock finds it a little later. */
function asksAt(arrivedAt: number, reading: number): number {
  const scheduler = new TestScheduler(() => undefined);
  let readings = 0;
  let asked = NaN;
  scheduler.run(({ expectObservable }) => {
    const connection = {
      host: 'node',
      arrivedAt,
      probes: NEVER,
      send: () => {
        asked = scheduler.now();
        return NEVER;
      },
    } as unknown as Connection;
    const now = (): number => 0.99 * scheduler.now() + readings++ * reading;
    expectObservable(heartbeat(connection, { idle: IDLE, timeout: 10 }, now), `${IDLE * 4}ms !`).toBe('-');
  });
  return asked;
}

describe('the heartbeat', () => {
  it.each([0, 0.001, 0.2, 0.4, 0.6, 0.8, 0.999])(
    'asks as soon as there was silence for long enough, %d ms',
    (arrivedAt) => {
      for (const reading of [0, 0.01, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]) {
        const asked = asksAt(arrivedAt, reading);
        expect(asked).toBeGreaterThanOrEqual(IDLE);
        expect(asked).toBeLessThan(IDLE + 3);
      }
    },
  );
});
