// Compares the codec with that of the npm package `cassandra-driver`, on the same bytes: `npm run bench:codec [-- --rounds 15]`.
// Both do each case in turn; the table has the medians of the rounds, and what each allocates.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Case } from './case.js';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '11' } } });
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError('--rounds is a whole number, 1 or more.');
if (gc === undefined) throw new Error('Run it by `npm run bench:codec`: it needs --expose-gc.');
const collect = gc;

/** Long enough for the clock and the compiler, short enough for many rounds. */
const ROUND_MILLISECONDS = 150;

function nanoseconds(run: () => unknown, units: number): number {
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
function allocated(run: () => unknown, units: number): number {
  collect();
  const before = process.memoryUsage().heapUsed;
  run();
  return (process.memoryUsage().heapUsed - before) / units;
}

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;

function row(...cells: readonly string[]): void {
  console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(38) : cell.padStart(13))).join(''));
}

const time = (value: number): string => (value < 10 ? `${value.toFixed(1)} ns` : `${Math.round(value)} ns`);
const size = (value: number): string => `${Math.max(0, Math.round(value))} B`;

function compare({ name, unit, units, ours, theirs, floor, target }: Case): boolean {
  const measured: Record<'ours' | 'theirs' | 'floor', number[]> = { ours: [], theirs: [], floor: [] };
  for (let round = -1; round < rounds; round++) {
    for (const [who, run] of [
      ['ours', ours],
      ['theirs', theirs],
      ['floor', floor],
    ] as const) {
      if (run === undefined) continue;
      const figure = nanoseconds(run, units);
      // The first is the compiler's.
      if (round >= 0) measured[who].push(figure);
    }
  }
  const [mine, their] = [median(measured.ours), median(measured.theirs)];
  const ratio = their / mine;
  row(
    `${name}, per ${unit}`,
    time(mine),
    time(their),
    `${ratio.toFixed(1)}x`,
    target === undefined ? '' : `${target}x`,
    floor === undefined ? '' : time(median(measured.floor)),
    size(allocated(ours, units)),
    size(allocated(theirs, units)),
  );
  return target === undefined || ratio >= target;
}

console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'}; medians of ${rounds} rounds.\n`);
row('', 'rxcql', 'peer', 'ratio', 'to reach', 'bytes walked', 'rxcql heap', 'peer heap');
const modules = ['./rows.js', './execute.js', './murmur3.js', './encryption.js'];
let reached = true;
for (const module of modules) {
  const { cases } = (await import(module)) as { cases: readonly Case[] };
  for (const one of cases) reached = compare(one) && reached;
}
if (!reached) {
  console.log('\nNot every ratio is reached.');
  process.exitCode = 1;
}
