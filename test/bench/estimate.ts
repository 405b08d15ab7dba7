import { type Case, isScan } from './cases.js';
import { LAG_SECONDS } from './gauges.js';
import { find, type Results } from './results.js';
import { spread } from './statistics.js';
import type { Driver } from './workloads.js';

/** Seconds in which a process starts, connects and ends. */
const START = 0.6;

/** Operations a second, for what was never measured: requests and rows, roughly. */
const RATES: Record<Driver, { readonly requests: number; readonly rows: number }> = {
  rxcql: { requests: 400_000, rows: 2_000_000 },
  'cassandra-driver': { requests: 100_000, rows: 450_000 },
  floor: { requests: 1_000_000, rows: 5_000_000 },
};

/** The seconds that a case will take: as long as last time, where that is known. */
export function estimate(one: Case, rounds: number, results: Results | undefined): number {
  const { section, workload, line, setting } = one;
  const seconds = section.drivers.map((driver) => {
    const last = results && find(results, section.id, { workload, line: line.name, driver });
    const each =
      last === undefined
        ? 1 / RATES[driver][isScan(workload) ? 'rows' : 'requests']
        : spread(last.rounds.map(({ operations, seconds }) => seconds / operations)).median;
    const some = each * setting.warmUp;
    return START + each * setting.operations + Math.max(some, setting.warmUpSeconds) + Math.max(some, LAG_SECONDS);
  });
  return rounds * seconds.reduce((sum, each) => sum + each, 0);
}
