import type { EtlResults } from '../etl/results.js';
import { WORKS } from '../etl/works.js';
import { type EtlFigures, findEtl } from './etl-figures.js';
import { count, mega, times } from './format.js';
import type { Outcome } from './goals.js';

interface EtlGoal {
  readonly what: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly shown: (value: number) => string;
  /** NaN where it was not measured. */
  readonly read: (results: EtlResults) => number;
}

const besideDsbulk = (what: string, atMost: number, figure: (figures: EtlFigures) => number): EtlGoal[] =>
  WORKS.map((work) => ({
    what: `${work}: ${what}, of dsbulk`,
    atMost,
    shown: times,
    read: (results) => {
      const [ours] = findEtl(results, 'compared', { work, tool: 'rxcql' });
      const [theirs] = findEtl(results, 'compared', { work, tool: 'dsbulk' });
      return ours === undefined || theirs === undefined ? NaN : figure(ours) / figure(theirs);
    },
  }));

/** Of all sizes. */
const most = (results: EtlResults, format: 'csv' | 'parquet'): number => {
  const all = findEtl(results, 'memory', { format });
  return all.length === 0 ? NaN : Math.max(...all.map(({ peakRss }) => peakRss));
};

const GOALS: readonly EtlGoal[] = [
  ...besideDsbulk('time', 1, ({ seconds }) => seconds.median),
  ...besideDsbulk('CPU time', 0.5, ({ cpu }) => cpu),
  ...besideDsbulk('peak RSS', 0.25, ({ peakRss }) => peakRss),
  {
    what: 'unload of a server that has next to nothing to do: rows each second',
    atLeast: 400_000,
    shown: count,
    read: (results) => findEtl(results, 'canned', { work: 'unload' })[0]?.perSecond ?? NaN,
  },
  {
    what: 'CSV: peak RSS, whatever the size of the table',
    atMost: 200e6,
    shown: mega,
    read: (results) => most(results, 'csv'),
  },
  {
    what: 'Parquet: peak RSS, whatever the size of the table',
    atMost: 200e6,
    shown: mega,
    read: (results) => most(results, 'parquet'),
  },
];

/** What came of all goals that could be measured. */
export function etlOutcomes(results: EtlResults): Outcome[] {
  return GOALS.flatMap(({ what, atLeast = -Infinity, atMost = Infinity, shown, read }) => {
    const value = read(results);
    if (Number.isNaN(value)) return [];
    const toReach = atMost === Infinity ? `at least ${shown(atLeast)}` : `at most ${shown(atMost)}`;
    return [{ what, toReach, measured: shown(value), isReached: value >= atLeast && value <= atMost }];
  });
}
