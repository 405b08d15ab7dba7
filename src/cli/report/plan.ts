import type { TokenRange } from '../../etl/token-range.js';
import { bytes, count } from './amounts.js';

/** What a command would do. */
export interface Plan {
  /** A name, and what it is: `statement`, `columns`, `mapping`, … */
  readonly items: Readonly<Record<string, string | readonly string[]>>;
  readonly ranges?: readonly TokenRange[];
}

/** A plan for people. */
export function planText(command: string, { items, ranges }: Plan): string {
  const lines = [
    `${command} would do this; nothing has been read but the schema, and nothing written.`,
    ...Object.entries(items).flatMap(([name, what]) => itemLines(name, what)),
    ...(ranges === undefined ? [] : rangeLines(ranges)),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function itemLines(name: string, what: string | readonly string[]): string[] {
  if (typeof what === 'string') return [`${name}: ${what}`];
  return [`${name}:`, ...what.map((line) => `  ${line}`)];
}

function rangeLines(ranges: readonly TokenRange[]): string[] {
  const known = ranges.filter((range) => range.bytes !== undefined);
  const size = known.reduce((sum, range) => sum + range.bytes!, 0);
  const estimate = known.length === 0 ? '' : `, about ${bytes(size)}`;
  return [
    `ranges: ${count(ranges.length)}${estimate}`,
    ...ranges.map(({ start, end, replicas }) => `  (${start}, ${end}] at ${replicas.join(', ')}`),
  ];
}
