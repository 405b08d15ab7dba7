import type { Section } from '../plan.js';
import type { Results } from '../results.js';
import type { Workload } from '../workloads.js';
import { figuresOfSection, type Measured } from './figures-of-section.js';

/** What of the cost of an operation may be chance. */
const TOLERANCE = 0.25;

/** A line whose operations cost ours more, or less, than the line before lets expect. */
export interface Deviation {
  readonly workload: Workload;
  readonly from: string;
  readonly to: string;
  /** How many times as much CPU time; by `size` where lines have one. */
  readonly ratio: number;
}

/** All lines of a section that do not grow as its plan says. */
export function deviations(section: Section, results: Results): Deviation[] {
  const { grows } = section;
  if (grows === undefined) return [];
  const all = figuresOfSection(section, results);
  return section.workloads.flatMap((workload) => {
    const lines = all.filter((one) => one.workload === workload);
    return lines.slice(1).flatMap((line, i): Deviation[] => {
      const before = lines[i]!;
      const ratio = cost(line) / cost(before);
      const isExpected = ratio <= 1 + TOLERANCE && (grows === 'falling' || ratio >= 1 / (1 + TOLERANCE));
      return isExpected ? [] : [{ workload, from: before.line.name, to: line.line.name, ratio }];
    });
  });
}

const cost = ({ line, figures }: Measured): number => (figures.rxcql?.cpuEach.median ?? 0) / (line.size ?? 1);
