import { monitorEventLoopDelay } from 'node:perf_hooks';
import { GCProfiler } from 'node:v8';
import type { Measurement } from './workloads.js';

/** Milliseconds between two looks at the event loop; what a look is late by is its lag. */
const RESOLUTION = 1;

/** Does it, and reads what it took of this process: time, CPU, collections of garbage, turns of the event loop. */
export async function gauge(work: () => Promise<number>): Promise<Measurement> {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION });
  delays.enable();

  // What a PerformanceObserver is told would be among what each collection has to keep: memory would grow by being looked at.
  const collections = new GCProfiler();
  collections.start();

  const cpu = process.cpuUsage();
  const start = performance.now();
  const operations = await work();
  const end = performance.now();
  const { user, system } = process.cpuUsage(cpu);

  const { maxRSS } = process.resourceUsage();

  delays.disable();
  const { statistics } = collections.stop();
  const lag = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION);
  return {
    operations,
    seconds: (end - start) / 1_000,
    userSeconds: user / 1e6,
    systemSeconds: system / 1e6,
    gcSeconds: statistics.reduce((sum, { cost }) => sum + cost, 0) / 1e6,
    lagP99: lag(delays.percentile(99)),
    lagMax: lag(delays.max),
    peakRss: maxRSS * 1024,
  };
}
