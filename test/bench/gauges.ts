import { monitorEventLoopDelay } from 'node:perf_hooks';
import { GCProfiler } from 'node:v8';
import type { Lag, Measurement } from './workloads.js';

/** Milliseconds between two looks at the event loop; what a look is late by is its lag. */
const RESOLUTION = 1;

/** For how long it is looked at: some hundred times. */
export const LAG_SECONDS = 0.5;

/** Does it, and reads what it took of this process: time, CPU, collections of garbage. */
export async function gauge(work: () => Promise<number>): Promise<Omit<Measurement, keyof Lag>> {
  // What a PerformanceObserver is told would be among what each collection has to keep: memory would grow by being looked at.
  const collections = new GCProfiler();
  collections.start();

  const cpu = process.cpuUsage();
  const start = performance.now();
  const operations = await work();
  const end = performance.now();
  const { user, system } = process.cpuUsage(cpu);

  const { maxRSS } = process.resourceUsage();

  const { statistics } = collections.stop();
  return {
    operations,
    seconds: (end - start) / 1_000,
    userSeconds: user / 1e6,
    systemSeconds: system / 1e6,
    gcSeconds: statistics.reduce((sum, { cost }) => sum + cost, 0) / 1e6,
    peakRss: maxRSS * 1024,
  };
}

/**
 * Does it, and looks at how late the event loop is. Not while anything else is measured: to look so often takes a fiftieth of a processor, which is a
 * fifth of what a client takes that mostly waits for its server.
 */
export async function gaugeLag(work: () => Promise<unknown>): Promise<Lag> {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION });
  delays.enable();
  await work();
  delays.disable();
  const lag = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION);
  return { lagP99: lag(delays.percentile(99)), lagMax: lag(delays.max) };
}
