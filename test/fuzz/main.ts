// Damages what a server sent, and looks at what becomes of it: `npm run fuzz [-- --inputs 1000000 --seed 1 --minutes 10]`.
// `--input <word>` does the one input that a failure has printed, again.
import { parseArgs } from 'node:util';
import { countAllocations } from './allocations.js';

countAllocations();
const { check } = await import('./check.js');
const { fuzz } = await import('./fuzz.js');
const { formatInput, parseInput } = await import('./input.js');

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Date.now() % 0x7fffffff) },
    minutes: { type: 'string', default: '60' },
    input: { type: 'string' },
  },
});

if (values.input === undefined) await run(Number(values.inputs), Number(values.seed), Number(values.minutes));
else console.log(check(parseInput(values.input)));

async function run(inputs: number, seed: number, minutes: number): Promise<void> {
  console.log(`seed ${seed}, ${inputs} inputs, ${minutes} minutes at most`);
  const report = await fuzz({
    seed,
    inputs,
    milliseconds: minutes * 60_000,
    onProgress: ({ inputs: done, milliseconds }) => {
      if (done % 50_000 === 0) console.log(`${done} inputs, ${Math.round(done / (milliseconds / 1000))} a second`);
    },
  });
  const mebibytes = (report.bytes / 1024 / 1024).toFixed(0);
  console.log(`${report.inputs} inputs, ${mebibytes} MiB, in ${(report.milliseconds / 1000).toFixed(1)} s; outcomes:`);
  for (const [kind, count] of [...report.outcomes].sort((a, b) => b[1] - a[1])) console.log(kind.padEnd(28), count);
  if (report.slowest === undefined) return;
  const { milliseconds, input } = report.slowest;
  console.log(
    `slowest: ${milliseconds.toFixed(1)} ms, ${formatInput(input).slice(0, 200)} (${input.bytes.length} bytes)`,
  );
}
