import type { Chaos } from './chaos.js';
import { isIdempotent } from './measures.js';
import type { Verification } from './verify.js';

/** How long a driver may take to use a node again that answers, in seconds. */
const RECOVERY = 10;

/** How much more memory than at the beginning may be in use, in bytes: ever, and in the last quarter of the time. */
const MEMORY = { ever: 64 * 2 ** 20, atTheEnd: 16 * 2 ** 20 };

/** What is not as it is required to be, in sentences. */
export function shortcomings({ incidents, result }: Chaos, { differences }: Verification): string[] {
  const found: string[] = [...result.wrong];
  for (const { phase, kind, failed } of result.figures) {
    if (!isIdempotent(kind)) continue;
    for (const [error, count] of Object.entries(failed)) {
      found.push(`${count} operations "${kind}", which may be repeated, failed with ${error} (phase: ${phase}).`);
    }
  }
  found.push(...differences);
  if (result.answeredTwice > 0) found.push(`${result.answeredTwice} operations were answered more than once.`);
  if (result.unanswered > 0) found.push(`${result.unanswered} operations were never answered.`);
  for (const error of new Set(result.unhandled)) found.push(`Nobody has handled: ${error}`);
  for (const { fault, recovery } of incidents) {
    if (recovery !== undefined && recovery <= RECOVERY) continue;
    const time = recovery === undefined ? 'not at all' : `after ${recovery.toFixed(1)} s`;
    found.push(`Node ${fault.node} was used again ${time} after "${fault.kind}"; required are ${RECOVERY} s.`);
  }
  return [...found, ...growth(result.memory)];
}

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0;

/** The first sample is of a process that warms up. */
export function memoryOf(samples: readonly number[]): { first: number; last: number; most: number } {
  const warm = samples.slice(1);
  const quarter = Math.max(1, Math.floor(warm.length / 4));
  return { first: median(warm.slice(0, quarter)), last: median(warm.slice(-quarter)), most: Math.max(0, ...warm) };
}

function growth(samples: readonly number[]): string[] {
  const { first, last, most } = memoryOf(samples);
  const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const found: string[] = [];
  if (most > first + MEMORY.ever) found.push(`Memory grew from ${mebibytes(first)} to ${mebibytes(most)}.`);
  if (last > first + MEMORY.atTheEnd)
    found.push(`Memory grew from ${mebibytes(first)} to ${mebibytes(last)} for good.`);
  return found;
}
