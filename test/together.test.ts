import { describe, expect, it } from 'vitest';
import { putOff, type PutOff, together } from '../src/together.js';
import { thrownBy } from './codec/support.js';

/** Keeps in `log` what has been begun. */
const noting = (log: string[], name: string, more: () => void = () => undefined): PutOff => ({
  isPutOff: false,
  proceed: () => {
    log.push(name);
    more();
  },
});

describe('putOff', () => {
  it('begins at once what nothing comes in together with', () => {
    const log: string[] = [];
    putOff(noting(log, 'begun'));
    expect(log).toEqual(['begun']);
  });

  it('begins what is put off behind all that comes in together, in its order and in the same turn', () => {
    const log: string[] = [];
    together(() => {
      for (const name of ['a', 'b']) {
        log.push(`answer ${name}`);
        putOff(noting(log, `begun ${name}`));
      }
    });
    expect(log).toEqual(['answer a', 'answer b', 'begun a', 'begun b']);
  });

  it('waits for the outermost of several', () => {
    const log: string[] = [];
    together(() => {
      together(() => putOff(noting(log, 'begun')));
      log.push('more');
    });
    expect(log).toEqual(['more', 'begun']);
  });

  it('begins once what is put off several times, and again the next time', () => {
    const log: string[] = [];
    const work = noting(log, 'begun');
    for (let times = 0; times < 2; times++) {
      together(() => {
        putOff(work);
        putOff(work);
      });
    }
    expect(log).toEqual(['begun', 'begun']);
  });

  it('begins all of them, whatever one throws', () => {
    const log: string[] = [];
    const failure = new Error('a defect');
    const failing = noting(log, 'first', () => {
      throw failure;
    });
    const thrown = thrownBy(() =>
      together(() => {
        putOff(failing);
        putOff(noting(log, 'second'));
      }),
    );
    expect([thrown, log]).toEqual([failure, ['first', 'second']]);
  });

  it('begins at once what is put off by what begins', () => {
    const log: string[] = [];
    together(() => {
      putOff(noting(log, 'first', () => putOff(noting(log, 'set off by it'))));
      putOff(noting(log, 'second'));
    });
    expect(log).toEqual(['first', 'set off by it', 'second']);
  });

  it('begins what was put off before a failure, which is thrown on', () => {
    const log: string[] = [];
    const failure = new Error('damaged');
    const thrown = thrownBy(() =>
      together(() => {
        putOff(noting(log, 'begun'));
        throw failure;
      }),
    );
    expect(thrown).toBe(failure);
    expect(log).toEqual(['begun']);
    putOff(noting(log, 'at once again'));
    expect(log).toEqual(['begun', 'at once again']);
  });
});
