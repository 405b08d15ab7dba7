import { type Line, REQUESTS, SCANS, type Section } from './plan.js';
import type { Setting, Workload } from './workloads.js';

/** What all drivers of a section do in turn. */
export interface Case {
  readonly section: Section;
  readonly workload: Workload;
  readonly line: Line;
  readonly setting: Setting;
}

export const isScan = (workload: Workload): boolean => workload.endsWith('scan');

/** Line by line for each workload, as the tables have them. */
export function casesOf(section: Section): Case[] {
  return section.workloads.flatMap((workload) =>
    section.lines.map((line): Case => {
      if (!isScan(workload)) {
        return { section, workload, line, setting: { ...REQUESTS, ...section.setting, ...line.setting } };
      }
      const setting = { ...SCANS, ...section.setting, ...line.setting };
      // Tables are read whole.
      const operations = Math.ceil(setting.operations / setting.rows) * setting.rows;
      return { section, workload, line, setting: { ...setting, operations } };
    }),
  );
}

/** What of a plan can be done on the same server, which is then started once. */
export const byServer = (cases: readonly Case[]): Case[][] =>
  groupBy(cases, (one) => `${one.section.server} ${nodesOf(one)} ${isEncrypted(one)}`);

/** What of these is in the same table, and is compared. */
export const bySection = (cases: readonly Case[]): Case[][] => groupBy(cases, ({ section }) => section.id);

function groupBy(cases: readonly Case[], keyOf: (one: Case) => string): Case[][] {
  const groups = new Map<string, Case[]>();
  for (const one of cases) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

export const nodesOf = ({ line }: Case): number => line.nodes ?? 1;

export const isEncrypted = ({ line }: Case): boolean => line.isEncrypted ?? false;
