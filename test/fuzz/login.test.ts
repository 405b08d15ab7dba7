import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { playLogin } from './login.js';
import { mix, Random } from './random.js';
import { Violation } from './violation.js';

const HANDSHAKES = 1_500;
const RANDOM_SEED = Math.floor(Math.random() * 0x7fffffff);

const printed: string[] = [];
const { stackTraceLimit } = Error;
beforeEach(() => {
  // Most are errors, of which it is the stack that takes time.
  Error.stackTraceLimit = 0;
  vi.spyOn(process, 'emitWarning').mockImplementation((warning) => void printed.push(inspect(warning)));
});
afterEach(() => {
  Error.stackTraceLimit = stackTraceLimit;
  vi.restoreAllMocks();
});

describe('a handshake with a server that says anything', () => {
  it.each([1, RANDOM_SEED])(
    `ends well or in a typed error, ${HANDSHAKES} times of seed %i`,
    { timeout: 60_000 },
    (seed) => {
      const outcomes = new Map<string, number>();
      let most = 0;
      for (let i = 0; i < HANDSHAKES; i++) {
        try {
          const { outcome, responses } = playLogin(new Random(mix(seed) + i));
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
          most = Math.max(most, responses);
        } catch (reason) {
          throw new Violation(`Handshake ${i} of seed ${seed}: ${String(reason)}`, reason);
        }
      }
      // It has come everywhere.
      for (const outcome of [
        'ready',
        'waiting',
        'ERR_RXCQL_AUTHENTICATION',
        'ERR_RXCQL_PROTOCOL',
        'ERR_RXCQL_CONFIGURATION',
      ]) {
        expect(outcomes.get(outcome), outcome).toBeGreaterThan(10);
      }
      expect(most).toBeGreaterThan(5);
      expect(printed.filter((text) => text.includes('canary'))).toEqual([]);
    },
  );
});
