import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Machine, sameMachine } from '../results.js';
import type { EtlResult } from './works.js';

/** Where it was measured: beside a real Cassandra, or with the server whose answers are made beforehand. */
export type EtlSection = 'compared' | 'canned' | 'memory';
export const ETL_SECTIONS: readonly EtlSection[] = ['compared', 'canned', 'memory'];

/** All that is known of whole tables. */
export interface EtlResults {
  readonly machine: Machine;
  /** Of the programs. */
  readonly versions: Readonly<Record<string, string>>;
  readonly sections: Readonly<Partial<Record<EtlSection, readonly EtlResult[]>>>;
}

const isOf = (one: EtlResult, other: EtlResult): boolean =>
  one.work === other.work && one.tool === other.tool && one.format === other.format && one.rows === other.rows;

/** With what is new in the place of what was there of the same, or added to it. Figures of another machine are forgotten. */
export function mergeEtl(
  known: EtlResults | undefined,
  news: EtlResults,
  section: EtlSection,
  isAdded: boolean,
): EtlResults {
  const before = known !== undefined && sameMachine(known.machine, news.machine) ? known : undefined;
  const old = before?.sections[section] ?? [];
  const fresh = (news.sections[section] ?? []).map((one) => {
    const same = isAdded ? old.find((other) => isOf(one, other)) : undefined;
    return same === undefined ? one : { ...one, rounds: [...same.rounds, ...one.rounds] };
  });
  const kept = old.filter((one) => !fresh.some((other) => isOf(one, other)));
  return {
    machine: news.machine,
    versions: { ...before?.versions, ...news.versions },
    sections: { ...before?.sections, [section]: [...kept, ...fresh] },
  };
}

const PATH = fileURLToPath(new URL('results.json', import.meta.url));

export function readEtlResults(): EtlResults | undefined {
  return existsSync(PATH) ? (JSON.parse(readFileSync(PATH, 'utf8')) as EtlResults) : undefined;
}

/** What one program measured on a line, so that a difference can be read. */
export function writeEtlResults({ machine, versions, sections }: EtlResults): void {
  const written = Object.entries(sections).map(([section, results]) => {
    const lines = results.map((result) => `      ${JSON.stringify(result, rounded)}`);
    return `    ${JSON.stringify(section)}: [\n${lines.join(',\n')}\n    ]`;
  });
  const head = [`  "machine": ${JSON.stringify(machine)}`, `  "versions": ${JSON.stringify(versions)}`];
  writeFileSync(PATH, `{\n${head.join(',\n')},\n  "sections": {\n${written.join(',\n')}\n  }\n}\n`);
}

/** To a millisecond: nothing is measured better. */
const rounded = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toFixed(3)) : value;
