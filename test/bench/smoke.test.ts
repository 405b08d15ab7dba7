import { fileURLToPath } from 'node:url';
import { concatMap, defer, from, lastValueFrom, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { casesOf } from './cases.js';
import { measureInTurn } from './measure.js';
import type { Section } from './plan.js';
import { SERVERS } from './server.js';
import { DRIVERS } from './workloads.js';

// Not how fast they are: that the benchmark still runs.

const TINY = { operations: 5_000, warmUp: 100, warmUpSeconds: 0, concurrency: 16, rows: 100, pageSize: 20 };

const section: Section = {
  id: 'smoke',
  title: 'Smoke',
  about: '',
  server: 'canned',
  rounds: 1,
  drivers: DRIVERS,
  workloads: ['point read', 'scan'],
  lines: [{ name: 'readings', setting: TINY }],
  table: 'full',
};

// From the sources: what is built is measured, but tests need no build.
const program = ['--import', 'tsx', fileURLToPath(new URL('worker.ts', import.meta.url))];

describe('a tiny measurement', () => {
  it('is made by every driver', async () => {
    const told: string[] = [];
    const results = await lastValueFrom(
      SERVERS.canned(1).pipe(
        concatMap((target) =>
          defer(() => from(measureInTurn(program, casesOf(section), target, 2, (text) => told.push(text)))),
        ),
        take(1),
      ),
    );
    expect(told).toEqual(['round 1 of 2', 'round 2 of 2']);
    const expected = section.workloads.flatMap((workload) => DRIVERS.map((driver) => ({ workload, driver })));
    expect(results.map(({ workload, driver }) => ({ workload, driver }))).toEqual(expected);
    for (const { rounds } of results) {
      expect(rounds).toHaveLength(2);
      for (const round of rounds) {
        const { operations, seconds, userSeconds, systemSeconds, gcSeconds, lagP99, lagMax, peakRss } = round;
        expect(operations).toBe(TINY.operations);
        for (const figure of [seconds, userSeconds + systemSeconds, peakRss]) expect(figure).toBeGreaterThan(0);
        for (const figure of [gcSeconds, lagP99]) expect(figure).toBeGreaterThanOrEqual(0);
        expect(lagMax).toBeGreaterThanOrEqual(lagP99);
      }
    }
  }, 30_000);
});
