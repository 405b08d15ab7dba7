import { monitorEventLoopDelay, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Measurement } from './workloads.js';

/** Milliseconds between two looks at the event loop; what a look is late by is its lag. */
const RESOLUTION = 1;
/** Node tells of collections in a later turn. */
const GC_NEWS = 20;

/** Does it, and reads what it took of this process: time, CPU, collections of garbage, turns of the event loop. */
export async function gauge(work: () => Promise<number>): Promise<Measurement> {
  const collections: PerformanceEntry[] = [];
  const observer = new PerformanceObserver((list) => collections.push(...list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION });
  delays.enable();

  const cpu = process.cpuUsage();
  const start = performance.now();
  const operations = await work();
  const end = performance.now();
  const { user, system } = process.cpuUsage(cpu);

  delays.disable();
  await sleep(GC_NEWS);
  observer.disconnect();
  const paused = collections.filter(({ startTime }) => startTime >= start && startTime < end);
  const lag = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION);
  return {
    operations,
    seconds: (end - start) / 1_000,
    userSeconds: user / 1e6,
    systemSeconds: system / 1e6,
    gcSeconds: paused.reduce((sum, { duration }) => sum + duration, 0) / 1_000,
    lagP99: lag(delays.percentile(99)),
    lagMax: lag(delays.max),
    peakRss: process.resourceUsage().maxRSS * 1024,
  };
}
