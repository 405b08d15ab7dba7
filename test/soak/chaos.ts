// One driver while the nodes fail one after another.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CassandraCluster } from 'rxcql/testing';
import { Random } from '../fuzz/random.js';
import { type Fault, faults, inflict, reunion, seconds } from './faults.js';
import type { Assignment, Order, Report, Result } from './worker.js';

export interface ChaosOptions {
  readonly driver: string;
  readonly minutes: number;
  readonly seed: number;
  readonly rate: number;
  readonly log: (line: string) => void;
}

/** A fault, and how long the driver took to use the node again, in seconds; undefined if it did not. */
export interface Incident {
  readonly fault: Fault;
  readonly recovery: number | undefined;
}

export interface Chaos {
  readonly incidents: readonly Incident[];
  readonly result: Result;
}

/** How long there is no fault at first, in seconds: half of it to warm up. */
const PRELUDE = 30;

/** How long nothing is done after the nodes have found each other again, in seconds. */
const REST = 5;

/** How long is waited for a driver to use a node again, in seconds. */
const PATIENCE = 60;

/** What a fault may take beyond the end of the run, in seconds. */
const ENCORE = 240;

export async function chaos(cluster: CassandraCluster, options: ChaosOptions): Promise<Chaos> {
  const { driver, minutes, seed, rate, log } = options;
  const { contactPoints, localDataCenter } = cluster;
  const worker = new Worker();
  const total = minutes * 60 + PRELUDE;
  await worker.begin({ driver, contactPoints, localDataCenter, seed, rate, seconds: total + ENCORE });
  const since = performance.now();
  const elapsed = (): number => (performance.now() - since) / 1_000;
  await seconds(PRELUDE);
  const incidents: Incident[] = [];
  for (const fault of faults(new Random(seed), cluster.nodes.length)) {
    if (elapsed() >= total) break;
    worker.order({ type: 'phase', phase: 'fault' });
    const address = contactPoints[fault.node]!;
    const begun = elapsed();
    await inflict(fault, cluster);
    const recovery = await worker.answerOf(address);
    incidents.push({ fault, recovery });
    await reunion(cluster);
    log(
      `${begun.toFixed(0).padStart(4)} s  ${fault.kind.padEnd(5)} ${address}, back after ${(elapsed() - begun).toFixed(1)} s; ` +
        (recovery === undefined
          ? `not used within ${PATIENCE} s`
          : `used again ${recovery.toFixed(1)} s after it answered`),
    );
    await seconds(REST);
    worker.order({ type: 'phase', phase: 'calm' });
    await seconds(REST);
  }
  return { incidents, result: await worker.finish() };
}

/** The process with the driver. */
class Worker {
  private readonly process: ChildProcess = fork(fileURLToPath(new URL('worker.ts', import.meta.url)), {
    execArgv: ['--expose-gc', '--import', 'tsx'],
    serialization: 'advanced',
  });

  async begin(assignment: Assignment): Promise<void> {
    this.order({ type: 'begin', assignment });
    await this.report(({ type }) => type === 'begun');
  }

  order(order: Order): void {
    this.process.send(order);
  }

  /** Resolves with how long it took until the node has answered something new, in seconds. */
  async answerOf(address: string): Promise<number | undefined> {
    const since = performance.now();
    const answered = this.report((report) => report.type === 'answered' && report.address === address);
    this.order({ type: 'watch', address });
    const first = await Promise.race([answered, seconds(PATIENCE)]);
    return first === 0 ? undefined : (performance.now() - since) / 1_000;
  }

  async finish(): Promise<Result> {
    const finished = this.report(({ type }) => type === 'finished');
    this.order({ type: 'finish' });
    return ((await finished) as Extract<Report, { type: 'finished' }>).result;
  }

  private report(isWanted: (report: Report) => boolean): Promise<Report> {
    return new Promise((resolve, reject) => {
      const onMessage = (message: unknown): void => {
        const report = message as Report;
        if (!isWanted(report)) return;
        this.process.off('message', onMessage).off('exit', onExit);
        resolve(report);
      };
      const onExit = (code: number | null): void =>
        reject(new Error(`The driver's process has ended with ${code ?? 'a signal'}.`));
      this.process.on('message', onMessage).once('exit', onExit);
    });
  }
}
