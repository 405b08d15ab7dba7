import type { Chaos } from './chaos.js';
import { isIdempotent, type Figures } from './measures.js';
import { memoryOf } from './requirements.js';
import type { Verification } from './verify.js';

/** One table: what became of operations, with and without faults. */
export function report(chaos: Chaos, verification: Verification): string {
  const { result, incidents } = chaos;
  const lines = [
    row('phase', 'operation', 'done', 'failed', 'available', 'p50', 'p99', 'p99.9', 'max ms'),
    ...[...result.figures].sort(inOrder).map((figures) => {
      const { phase, kind, done, latency } = figures;
      const failed = failures(figures);
      const available = `${((100 * done) / Math.max(1, done + failed)).toFixed(3)} %`;
      const times = [latency.p50, latency.p99, latency.p999, latency.max].map((time) => time.toFixed(1));
      return row(phase, kind, done, failed, available, ...times);
    }),
    '',
    ...kinds(result.figures),
    recoveries(incidents),
    `acknowledged writes found: ${verification.acknowledged}; executed though the driver did not know: ${verification.executedUnknown}`,
    memory(result.memory),
    `CPU of the client: ${result.cpuSeconds.toFixed(1)} s; event loop: p99 ${result.delay.p99.toFixed(1)} ms, longest ${result.delay.max.toFixed(1)} ms`,
  ];
  const warnings = [...new Set(result.warnings)];
  if (warnings.length > 0) lines.push('warnings:', ...warnings.slice(0, 10).map((warning) => `  ${warning}`));
  return lines.join('\n');
}

const failures = ({ failed }: Figures): number => Object.values(failed).reduce((sum, count) => sum + count, 0);

const inOrder = (a: Figures, b: Figures): number =>
  a.phase.localeCompare(b.phase) ||
  Number(isIdempotent(b.kind)) - Number(isIdempotent(a.kind)) ||
  a.kind.localeCompare(b.kind);

function row(...cells: readonly (string | number)[]): string {
  const widths = [8, 15, 10, 8, 12, 9, 9, 9, 9];
  return cells.map((cell, i) => (i < 2 ? String(cell).padEnd(widths[i]!) : String(cell).padStart(widths[i]!))).join('');
}

function kinds(figures: readonly Figures[]): string[] {
  const lines = figures.flatMap(({ phase, kind, failed }) =>
    Object.entries(failed).map(([error, count]) => `  ${error}: ${count} of "${kind}" (${phase})`),
  );
  return lines.length === 0 ? ['errors: none'] : ['errors:', ...lines.sort()];
}

function recoveries(incidents: Chaos['incidents']): string {
  const times = incidents.map(({ recovery }) => recovery ?? Infinity).sort((a, b) => a - b);
  const text = (time: number | undefined): string => (time === Infinity ? 'never' : `${(time ?? 0).toFixed(1)} s`);
  return `faults: ${incidents.length}; a node that answers again is used after ${text(times[times.length >> 1])} (median), ${text(times.at(-1))} (longest)`;
}

function memory(samples: readonly number[]): string {
  const { first, last, most } = memoryOf(samples);
  const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
  return `heap and external memory: ${mebibytes(first)} MiB at first, ${mebibytes(last)} at the end, ${mebibytes(most)} at most`;
}
