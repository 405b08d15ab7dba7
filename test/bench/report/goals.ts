import { find, type Results } from '../results.js';
import { type Figures, figuresOf } from '../statistics.js';
import type { Driver, Workload } from '../workloads.js';
import { mega, milli, times } from './format.js';

/** What is to be reached, and how it is read from the figures. */
export interface Goal {
  readonly what: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly shown: (value: number) => string;
  /** Cores without which the server, which has one, is what is measured. */
  readonly cores?: number;
  /** NaN where it was not measured. */
  readonly read: (figures: Reader) => number;
}

export type Reader = (section: string, workload: Workload, line: string, driver: Driver) => Figures | undefined;

const rate = (figures: Figures | undefined): number => figures?.perSecond.median ?? NaN;
const cpu = (figures: Figures | undefined): number => figures?.cpuEach.median ?? NaN;

/** How many times as many each second as the peer; and how many times its CPU time for each. */
const rateOf = (read: Reader, section: string, workload: Workload, line = ''): number =>
  rate(read(section, workload, line, 'rxcql')) / rate(read(section, workload, line, 'cassandra-driver'));
const cpuOf = (read: Reader, section: string, workload: Workload, line = ''): number =>
  cpu(read(section, workload, line, 'rxcql')) / cpu(read(section, workload, line, 'cassandra-driver'));
/** How many times as many each second as another way of ours. */
const besides = (read: Reader, workload: Workload, bare: Workload): number =>
  rate(read('main', workload, '', 'rxcql')) / rate(read('main', bare, '', 'rxcql'));

const LONG_SCANS = ['1 M rows', '5 M rows', '20 M rows'] as const;
const longScans = (read: Reader, figure: (figures: Figures) => number): number[] =>
  LONG_SCANS.map((line) => {
    const figures = read('streaming', 'scan', line, 'rxcql');
    return figures === undefined ? NaN : figure(figures);
  });
const REQUESTS_AND_SCAN = ['insert', 'point read', 'scan'] as const;
const speedup = (read: Reader, workload: Workload): number =>
  rate(read('threads', workload, '2', 'rxcql')) / rate(read('threads', workload, '1', 'rxcql'));

export const GOALS: readonly Goal[] = [
  ...(['insert', 'point read'] as const).flatMap((workload): Goal[] => [
    {
      what: `${workload}: each second, of the peer`,
      atLeast: 4,
      shown: times,
      read: (of) => rateOf(of, 'main', workload),
    },
    {
      what: `${workload}: for each second of CPU time, of the peer`,
      atLeast: 4,
      shown: times,
      read: (of) => 1 / cpuOf(of, 'main', workload),
    },
    ...['16', '1,024'].map((line): Goal => ({
      what: `${workload}: each second with ${line} in flight, of the peer`,
      atLeast: 4,
      shown: times,
      read: (of) => rateOf(of, 'concurrency', workload, line),
    })),
    {
      what: `${workload}: latency of one at a time, of the peer`,
      atMost: 1,
      shown: times,
      read: (of) => 1 / rateOf(of, 'concurrency', workload, '1'),
    },
  ]),
  { what: 'scan: rows each second, of the peer', atLeast: 4, shown: times, read: (of) => rateOf(of, 'main', 'scan') },
  {
    what: 'columnar scan: rows each second, of the peer',
    atLeast: 8,
    shown: times,
    read: (of) => rateOf(of, 'main', 'columnar scan'),
  },
  {
    what: 'insert by `executeConcurrent()`: each second, of bare `execute()`',
    atLeast: 0.85,
    shown: times,
    read: (of) => besides(of, 'insert', 'insert one by one'),
  },
  {
    what: 'point read by `executeConcurrent()`: each second, of bare `execute()`',
    atLeast: 0.85,
    shown: times,
    read: (of) => besides(of, 'point read', 'point read one by one'),
  },
  {
    what: 'point read by `mergeRows()`: each second, of bare `execute()`',
    atLeast: 0.85,
    shown: times,
    read: (of) => besides(of, 'point read by mergeRows', 'point read one by one'),
  },
  {
    what: 'peak RSS of a scan of up to 20 M rows',
    atMost: 120e6,
    shown: mega,
    read: (of) => Math.max(...longScans(of, ({ peakRss }) => peakRss)),
  },
  {
    what: 'peak RSS of a scan of 20 M rows, of that of 1 M rows',
    atMost: 1.1,
    shown: times,
    read: (of) => {
      const [few, , many] = longScans(of, ({ peakRss }) => peakRss);
      return many! / few!;
    },
  },
  {
    what: 'event loop while it streams: lag p99',
    atMost: 20,
    shown: milli,
    read: (of) => Math.max(...longScans(of, ({ lagP99 }) => lagP99)),
  },
  {
    what: 'real Cassandra: CPU time for an operation or row, of the peer, at worst',
    atMost: 0.25,
    shown: times,
    read: (of) => Math.max(...REQUESTS_AND_SCAN.map((workload) => cpuOf(of, 'cassandra', workload))),
  },
  {
    what: 'real Cassandra: each second, of the peer, at worst',
    atLeast: 1,
    shown: times,
    read: (of) => Math.min(...REQUESTS_AND_SCAN.map((workload) => rateOf(of, 'cassandra', workload))),
  },
  ...(['insert', 'point read'] as const).map((workload): Goal => ({
    what: `${workload}: each second of 2 worker threads, of 1`,
    atLeast: 1.7,
    cores: 3,
    shown: times,
    read: (of) => speedup(of, workload),
  })),
];

/** A goal and what came of it. */
export interface Outcome {
  readonly what: string;
  readonly toReach: string;
  readonly measured: string;
  readonly isReached: boolean;
}

/** Of all goals that could be measured. */
export function outcomes(results: Results): Outcome[] {
  const reader: Reader = (section, workload, line, driver) => {
    const result = find(results, section, { workload, line, driver });
    return result && figuresOf(result.rounds);
  };
  return GOALS.flatMap(({ what, atLeast = -Infinity, atMost = Infinity, cores = 1, shown, read }) => {
    const value = read(reader);
    if (Number.isNaN(value) || cores > results.machine.cores) return [];
    const toReach = atMost === Infinity ? `at least ${shown(atLeast)}` : `at most ${shown(atMost)}`;
    return [{ what, toReach, measured: shown(value), isReached: value >= atLeast && value <= atMost }];
  });
}
