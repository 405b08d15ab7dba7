// One driver under load, in a process of its own, so that its memory and its delays are its own.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Random } from '../fuzz/random.js';
import { type Books, Ledger } from './ledger.js';
import { Load } from './load.js';
import { type Figures, Measures, type Phase } from './measures.js';
import { type Candidate, keyspaceOf, LARGEST_LEDGER_SHARE, pickKind } from './workload.js';

export interface Assignment {
  readonly driver: string;
  readonly contactPoints: readonly string[];
  readonly localDataCenter: string;
  readonly seed: number;
  /** Operations a second. */
  readonly rate: number;
  /** For how long there may be load, at most, in seconds. */
  readonly seconds: number;
}

export type Order =
  | { readonly type: 'begin'; readonly assignment: Assignment }
  | { readonly type: 'phase'; readonly phase: Phase }
  /** Say when the node has answered something that is asked from now on. */
  | { readonly type: 'watch'; readonly address: string }
  | { readonly type: 'finish' };

export type Report =
  | { readonly type: 'begun' }
  | { readonly type: 'answered'; readonly address: string }
  | { readonly type: 'finished'; readonly result: Result };

export interface Result {
  readonly figures: readonly Figures[];
  readonly wrong: readonly string[];
  readonly answeredTwice: number;
  readonly unanswered: number;
  /** What nobody has caught, and warnings of the process. */
  readonly unhandled: readonly string[];
  readonly warnings: readonly string[];
  /** Heap and external memory after garbage collections, in bytes, in the order of time. */
  readonly memory: readonly number[];
  readonly cpuSeconds: number;
  /** The delays of the event loop, in milliseconds: the 99th percentile, and the longest. */
  readonly delay: { readonly p99: number; readonly max: number };
  readonly books: Books;
}

/** How often memory is looked at, in milliseconds. */
const SAMPLING = 5_000;

/** How long what is in flight at the end may take, in milliseconds. */
const PATIENCE = 30_000;

const unhandled: string[] = [];
const warnings: string[] = [];
process.on('uncaughtException', (error) => unhandled.push(String(error.stack)));
process.on('unhandledRejection', (reason) => unhandled.push(String((reason as Error | undefined)?.stack ?? reason)));
process.on('warning', (warning) => warnings.push(`${warning.name}: ${warning.message}`));

const tell = (report: Report): void => void process.send!(report);

async function begin(assignment: Assignment): Promise<{ load: Load; finish: () => Promise<Result> }> {
  const { driver, contactPoints, localDataCenter, seed, rate, seconds } = assignment;
  const { candidate } = (await import(`./${driver}.js`)) as { candidate: Candidate };
  await candidate.connect(contactPoints, localDataCenter);
  const random = new Random(seed);
  const ledger = new Ledger(keyspaceOf(driver), random, Math.ceil(rate * seconds * LARGEST_LEDGER_SHARE));
  const measures = new Measures();
  const load = new Load(candidate, ledger, measures, rate, () => pickKind(random));
  const delays = monitorEventLoopDelay({ resolution: 10 });
  const memory: number[] = [];
  const sampling = setInterval(() => {
    globalThis.gc!();
    const { heapUsed, external } = process.memoryUsage();
    memory.push(heapUsed + external);
  }, SAMPLING);
  const cpu = process.cpuUsage();
  delays.enable();
  load.start();
  const finish = async (): Promise<Result> => {
    await load.stop(PATIENCE);
    clearInterval(sampling);
    delays.disable();
    const { user, system } = process.cpuUsage(cpu);
    const unanswered = load.inFlight;
    await candidate.close();
    return {
      figures: measures.figures(),
      wrong: load.wrong,
      answeredTwice: load.answeredTwice,
      unanswered,
      unhandled,
      warnings,
      memory,
      cpuSeconds: (user + system) / 1e6,
      delay: { p99: delays.percentile(99) / 1e6, max: delays.max / 1e6 },
      books: ledger.books,
    };
  };
  return { load, finish };
}

let running: Awaited<ReturnType<typeof begin>> | undefined;

async function obey(order: Order): Promise<void> {
  switch (order.type) {
    case 'begin':
      running = await begin(order.assignment);
      tell({ type: 'begun' });
      break;
    case 'phase':
      running!.load.phase = order.phase;
      break;
    case 'watch':
      running!.load.watch(order.address, () => tell({ type: 'answered', address: order.address }));
      break;
    case 'finish':
      process.send!({ type: 'finished', result: await running!.finish() } satisfies Report, () => process.disconnect());
  }
}

// Whoever has begun this is gone.
process.on('disconnect', () => process.exit());
process.on('message', (order: Order) => void obey(order));
