import type { Driver, Measurement, Workload } from './workloads.js';

/** What measured. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memory: string;
  readonly kernel: string;
  readonly node: string;
}

/** What the rounds of one driver measured in one case. */
export interface Result {
  readonly workload: Workload;
  readonly line: string;
  readonly driver: Driver;
  readonly rounds: readonly Measurement[];
}

/** All that is known: by the id of a section. */
export interface Results {
  readonly machine: Machine;
  readonly sections: Readonly<Record<string, readonly Result[]>>;
}

export const sameMachine = (one: Machine, other: Machine): boolean => JSON.stringify(one) === JSON.stringify(other);

const isOf = (one: Result, other: Result): boolean =>
  one.workload === other.workload && one.line === other.line && one.driver === other.driver;

/** With what is new in the place of what was there of the same case. Figures of another machine are forgotten. */
export function merge(known: Results | undefined, machine: Machine, section: string, news: readonly Result[]): Results {
  const sections = known !== undefined && sameMachine(known.machine, machine) ? known.sections : {};
  const kept = (sections[section] ?? []).filter((one) => !news.some((other) => isOf(one, other)));
  return { machine, sections: { ...sections, [section]: [...kept, ...news] } };
}

export function find(results: Results, section: string, wanted: Omit<Result, 'rounds'>): Result | undefined {
  return results.sections[section]?.find((one) => isOf(one, { ...wanted, rounds: [] }));
}
