// What a request costs in the cluster's rooms: `npm run bench:cluster [-- --rounds 15]`. Medians of the rounds, nanoseconds each.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Case } from './case.js';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '11' } } });
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError('--rounds is a whole number, 1 or more.');
if (gc === undefined) throw new Error('Run it by `npm run bench:cluster`: it needs --expose-gc.');
const collect = gc;

/** Long enough for the clock and the compiler, short enough for many rounds. */
const ROUND_MILLISECONDS = 100;

function nanoseconds({ run, units }: Case): number {
  const start = process.hrtime.bigint();
  const end = start + BigInt(ROUND_MILLISECONDS) * 1_000_000n;
  let calls = 0;
  let now: bigint;
  do {
    run();
    calls++;
    now = process.hrtime.bigint();
  } while (now < end);
  return Number(now - start) / (calls * units);
}

/** What one unit leaves on the heap, with a young generation so large that nothing is collected meanwhile. */
function allocated({ run, units }: Case): number {
  collect();
  const before = process.memoryUsage().heapUsed;
  run();
  return Math.max(0, process.memoryUsage().heapUsed - before) / units;
}

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;
const shown = (value: number): string => (value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en'));

console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'}; medians of ${rounds} rounds.\n`);
const modules = ['./plans.js', './measures.js'];
for (const module of modules) {
  const { cases } = (await import(module)) as { cases: readonly Case[] };
  // Each has its turn in every round, so that a busy moment of the machine is nobody's alone.
  const times = new Map<Case, number[]>(cases.map((one) => [one, []]));
  for (let round = -1; round < rounds; round++) {
    for (const one of cases) {
      const time = nanoseconds(one);
      // The first is the compiler's.
      if (round >= 0) times.get(one)!.push(time);
    }
  }
  for (const one of cases) {
    const cells = [`${shown(median(times.get(one)!))} ns`, `${shown(allocated(one))} B`];
    console.log(one.name.padEnd(38) + cells.map((cell) => cell.padStart(16)).join(''));
  }
}
