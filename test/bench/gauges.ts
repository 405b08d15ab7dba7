import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Measurement } from './workloads.js';

/** Milliseconds between two looks at the event loop; what a look is late by is its lag. */
const RESOLUTION = 1;
/** Node tells of collections in a later turn. */
const GC_NEWS = 20;

/** Does it, and reads what it took of this process: time, CPU, collections of garbage, turns of the event loop. */
export async function gauge(work: () => Promise<number>): Promise<Measurement> {
  let start = Infinity;
  let end = Infinity;
  let paused = 0;
  // None is kept: whose memory is looked at must not hold what it is looked at with.
  const observer = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      if (startTime >= start && startTime < end) paused += duration;
  });
  observer.observe({ entryTypes: ['gc'] });
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION });
  delays.enable();

  const cpu = process.cpuUsage();
  start = performance.now();
  const operations = await work();
  end = performance.now();
  const { user, system } = process.cpuUsage(cpu);

  delays.disable();
  await sleep(GC_NEWS);
  observer.disconnect();
  const lag = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION);
  return {
    operations,
    seconds: (end - start) / 1_000,
    userSeconds: user / 1e6,
    systemSeconds: system / 1e6,
    gcSeconds: paused / 1_000,
    lagP99: lag(delays.percentile(99)),
    lagMax: lag(delays.max),
    peakRss: process.resourceUsage().maxRSS * 1024,
  };
}
