import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Results } from './results.js';

const PATH = fileURLToPath(new URL('results.json', import.meta.url));

export function readResults(): Results | undefined {
  return existsSync(PATH) ? (JSON.parse(readFileSync(PATH, 'utf8')) as Results) : undefined;
}

/** A round on a line, so that a difference can be read. */
export function writeResults({ machine, sections }: Results): void {
  const list = (lines: readonly string[], open: string, close: string, indent: string): string =>
    `${open}\n${lines.map((line) => `${indent}  ${line}`).join(',\n')}\n${indent}${close}`;
  const written = Object.entries(sections).map(([id, results]) => {
    const items = results.map(({ rounds, ...rest }) => {
      const measured = list(
        rounds.map((round) => JSON.stringify(round, rounded)),
        '[',
        ']',
        '      ',
      );
      return `${JSON.stringify(rest).slice(0, -1)},"rounds":${measured}}`;
    });
    return `${JSON.stringify(id)}: ${list(items, '[', ']', '    ')}`;
  });
  const all = [`"machine": ${JSON.stringify(machine)}`, `"sections": ${list(written, '{', '}', '  ')}`];
  writeFileSync(PATH, `${list(all, '{', '}', '')}\n`);
}

/** To six digits: nothing is measured better. */
const rounded = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
