import { EXIT } from '../exit-code.js';
import { bytes, count, duration } from './amounts.js';
import type { Reading } from './reading.js';

/** How a command has ended. */
export interface Summary {
  readonly command: string;
  readonly exitCode: number;
  readonly reading: Reading;
  /** What it has ended with. */
  readonly error?: string;
  /** What was not done, a sentence each. */
  readonly missing: readonly string[];
  /** The command that goes on. */
  readonly resume?: string;
}

const ENDED: Readonly<Record<number, string>> = {
  [EXIT.ok]: 'done',
  [EXIT.errors]: 'done, with errors',
  [EXIT.tooManyErrors]: 'ended, since too much has failed',
  [EXIT.fatal]: 'failed',
  [EXIT.interrupted]: 'interrupted',
  [EXIT.crash]: 'crashed',
};

/** The lines that a command ends with. */
export function summaryText(summary: Summary): string {
  const { error, missing, resume } = summary;
  const lines = [
    ...(error === undefined ? [] : [error]),
    ...(isOfUse(summary) ? [figures(summary)] : []),
    ...missing.map((what) => `missing: ${what}`),
    ...(resume === undefined ? [] : [`go on with: ${resume}`]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** Of what was never begun there is nothing to tell. */
function isOfUse({ exitCode, reading: { rows, failed } }: Summary): boolean {
  return exitCode !== EXIT.fatal || rows + failed > 0;
}

function figures({ command, exitCode, reading }: Summary): string {
  const { rows, failed, elapsed, meanRowsPerSecond, p50, p99 } = reading;
  const latency = p99 === 0 ? '' : `, p50 ${duration(p50)}, p99 ${duration(p99)}`;
  return (
    `${command} ${ENDED[exitCode]!}: ${count(rows)} rows, ${count(failed)} failed, ${bytes(reading.bytes)} in ` +
    `${duration(elapsed)}; ${count(meanRowsPerSecond)} rows/s${latency}`
  );
}
