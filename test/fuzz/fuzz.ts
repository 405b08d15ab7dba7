import { check } from './check.js';
import { readCorpus } from './corpus.js';
import { formatInput, type Input } from './input.js';
import { makeInput } from './make-input.js';
import { mix, Random } from './random.js';
import { Violation } from './violation.js';

export interface FuzzOptions {
  /** Every input is made from this and its number alone. */
  readonly seed: number;
  readonly inputs: number;
  /** Ends it early: milliseconds. */
  readonly milliseconds?: number;
  readonly onProgress?: (report: FuzzReport) => void;
}

export interface FuzzReport {
  inputs: number;
  bytes: number;
  milliseconds: number;
  readonly outcomes: Map<string, number>;
  slowest: { readonly input: Input; readonly milliseconds: number } | undefined;
}

/** Inputs between two turns of the event loop. */
const BATCH = 1_000;

/** @throws Violation with the input, at the first that is not read as it has to be. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { stackTraceLimit } = Error;
  // Most inputs are errors, of which it is the stack that takes time.
  Error.stackTraceLimit = 0;
  try {
    return await run(options);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

async function run({ seed, inputs, milliseconds = Infinity, onProgress }: FuzzOptions): Promise<FuzzReport> {
  const corpus = readCorpus();
  const start = performance.now();
  const report: FuzzReport = { inputs: 0, bytes: 0, milliseconds: 0, outcomes: new Map(), slowest: undefined };
  while (report.inputs < inputs && report.milliseconds < milliseconds) {
    const until = Math.min(inputs, report.inputs + BATCH);
    for (; report.inputs < until; report.inputs++) {
      const input = makeInput(new Random(mix(seed) + report.inputs), corpus);
      note(report, input, seed);
    }
    report.milliseconds = performance.now() - start;
    onProgress?.(report);
    await new Promise(setImmediate);
  }
  return report;
}

function note(report: FuzzReport, input: Input, seed: number): void {
  try {
    const { kinds, milliseconds } = check(input);
    report.bytes += input.bytes.length;
    for (const kind of kinds) report.outcomes.set(kind, (report.outcomes.get(kind) ?? 0) + 1);
    // The first are the compiler's.
    if (report.inputs > BATCH && milliseconds > (report.slowest?.milliseconds ?? 0))
      report.slowest = { input, milliseconds };
  } catch (error) {
    const reason = error instanceof Violation ? error.message : 'The check failed.';
    const how = `Input ${report.inputs} of seed ${seed}. Repeat: npm run fuzz -- --input ${formatInput(input)}`;
    throw new Violation(`${reason}\n${how}`, error instanceof Violation ? error.cause : error);
  }
}
