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

/** What each driver took for each workload, in some rounds; and what was said on the way. */
async function measured(section: Section, rounds: number): Promise<{ results: Measurements; told: string[] }> {
  const told: string[] = [];
  const results = await lastValueFrom(
    SERVERS.canned(1).pipe(
      concatMap((target) =>
        defer(() => from(measureInTurn(program, casesOf(section), target, rounds, (text) => told.push(text)))),
      ),
      take(1),
    ),
  );
  return { results, told };
}

type Measurements = Awaited<ReturnType<typeof measureInTurn>>;

describe('a tiny measurement', () => {
  it('is made by every driver', async () => {
    const { results } = await measured(section, 1);
    const expected = section.workloads.flatMap((workload) => DRIVERS.map((driver) => ({ workload, driver })));
    expect(results.map(({ workload, driver }) => ({ workload, driver }))).toEqual(expected);
    for (const { rounds } of results) {
      expect(rounds).toHaveLength(1);
      const { operations, seconds, userSeconds, systemSeconds, gcSeconds, lagP99, lagMax, peakRss } = rounds[0]!;
      expect(operations).toBe(TINY.operations);
      for (const figure of [seconds, userSeconds + systemSeconds, peakRss]) expect(figure).toBeGreaterThan(0);
      for (const figure of [gcSeconds, lagP99]) expect(figure).toBeGreaterThanOrEqual(0);
      expect(lagMax).toBeGreaterThanOrEqual(lagP99);
    }
  }, 30_000);

  it('is made once in each round', async () => {
    const { results, told } = await measured({ ...section, drivers: ['floor'], workloads: ['scan'] }, 2);
    expect(told).toEqual(['round 1 of 2', 'round 2 of 2']);
    expect(results.map(({ rounds }) => rounds.length)).toEqual([2]);
  }, 30_000);
});
