import type { Line, Section } from '../plan.js';
import { find, type Results } from '../results.js';
import { type Figures, figuresOf } from '../statistics.js';
import type { Driver, Workload } from '../workloads.js';

/** What one workload of a section measured in one of its lines. */
export interface Measured {
  readonly workload: Workload;
  readonly line: Line;
  readonly figures: Partial<Record<Driver, Figures>>;
}

/** Of what was measured, in the order of the plan. */
export function figuresOfSection(section: Section, results: Results): Measured[] {
  return section.workloads.flatMap((workload) =>
    section.lines.flatMap((line) => {
      const found = section.drivers.flatMap((driver) => {
        const result = find(results, section.id, { workload, line: line.name, driver });
        return result === undefined ? [] : [[driver, figuresOf(result.rounds)] as const];
      });
      return found.length === 0 ? [] : [{ workload, line, figures: Object.fromEntries(found) }];
    }),
  );
}
