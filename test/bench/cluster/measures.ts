import type * as Histograms from '../../../src/cluster/latency-histogram.js';
import type * as Timestamps from '../../../src/cluster/policies/timestamps.js';
import { built, type Case } from './case.js';

const { LatencyHistogram } = await built<typeof Histograms>('cluster/latency-histogram.js');
const { MonotonicClock } = await built<typeof Timestamps>('cluster/policies/timestamps.js');

const VALUES = 4_096;
// Between a tenth of a millisecond and a second, each order of magnitude as often.
const latencies = Array.from({ length: VALUES }, () => 10 ** (Math.random() * 4 - 1));
const histogram = new LatencyHistogram();
const record = (): void => {
  for (const latency of latencies) histogram.record(latency);
};
record();
// Far more of them are asked for than the clock has, which is nothing to warn of here.
const clock = new MonotonicClock(Date, () => undefined);

export const cases: readonly Case[] = [
  { name: 'latency recorded', units: VALUES, run: record },
  { name: 'percentile 99 found', units: 1, run: () => histogram.percentile(99) },
  {
    name: 'timestamp',
    units: VALUES,
    run: () => {
      for (let i = 0; i < VALUES; i++) clock.next();
    },
  },
];
