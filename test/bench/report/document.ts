import { format } from 'prettier';
import { PLAN, type Section } from '../plan.js';
import type { EtlResults } from '../etl/results.js';
import type { Machine, Results } from '../results.js';
import { deviations } from './deviations.js';
import { etlSection } from './etl-section.js';
import { type Explanation, EXPLANATIONS } from './explanations.js';
import { times } from './format.js';
import { fullTable } from './full-table.js';
import { outcomes } from './goals.js';
import { type Grid, gridToMarkdown } from './grid.js';
import { growthTable } from './growth-table.js';
import { machineLine } from './machine-line.js';

export const tableOf = (section: Section, results: Results): Grid =>
  section.table === 'full' ? fullTable(section, results) : growthTable(section, results);

/** docs/performance.md. No number of it is written by hand. */
export async function document(
  results: Results,
  etl: EtlResults | undefined,
  explanations = EXPLANATIONS,
): Promise<string> {
  const sections = PLAN.filter(({ id }) => id in results.sections).map((section) => [
    `## ${section.title}`,
    section.about,
    ...notes(section, results.machine),
    gridToMarkdown(tableOf(section, results)),
    ...growth(section, results, explanations),
  ]);
  const tables = etl === undefined ? [] : etlSection(etl, results.machine);
  const parts = [
    ...[INTRODUCTION, CHART, METHOD, machineLine(results.machine), REPEAT],
    ...goals(results),
    ...sections.flat(),
    ...tables,
  ];
  return format(parts.join('\n\n'), { parser: 'markdown', printWidth: 120 });
}

const INTRODUCTION = `# Performance

This document is written by \`npm run bench\` from what it has measured (\`test/bench/results.json\`); no number in it was typed.`;

const METHOD = `Compared are rxcql, the npm package \`cassandra-driver\` (the _peer_), each as its documentation recommends to use it and with its defaults, and
the _floor_: a bare socket that sends requests made beforehand and only counts the bytes of the answers, which is what nothing can be faster
than. Where the floor is far above, it is not the server that limits the others.

Unless a section says otherwise, the server is one of our own whose answers are made beforehand, in a process of its own. Each measurement is
a process of its own that connects, warms up, and then works for about a second; all drivers do so in turn, with all lines of a table that have the same server,
several times. A
figure is the median of these rounds; in parentheses stand the least and the most of them.

- **Each second**: requests, or rows of a scan, all columns of which are read.
- **CPU each**: CPU time of the client's process for one of them, in user mode and in the kernel, garbage collection included.
- **GC**: the part of the time in which the program stood still for garbage collection.
- **Lag**: by how much a timer of 1 ms is late, looked at for half a second after the other figures, since such a timer takes a fiftieth of a processor itself. The maximum is that of all rounds.
- **Peak RSS**: memory of the process at most, Node itself and the warming up included.`;

const CHART = `![Requests and rows each second as multiples of cassandra-driver](images/performance.svg)`;

const REPEAT = `## How to repeat it

\`\`\`sh
npm ci
npm run bench                             # the table below, in some minutes
npm run bench -- --all                    # everything; \`--plan\` says how long that takes
npm run bench -- --only pages,columns     # some sections
npm run bench -- --all --write            # and writes this document
npm run bench:etl -- --write              # whole tables: \`--help\` says what there is
\`\`\``;

/** What the machine does to a section. */
function notes({ lines }: Section, { cores }: Machine): string[] {
  const threads = Math.max(...lines.map(({ setting }) => setting?.threads ?? 0));
  if (threads === 0 || cores > threads) return [];
  return [
    `This machine has ${cores} cores, one of which the server needs: ${threads} threads cannot do more than one here. ` +
      `To see what they gain takes at least ${threads + 1} cores.`,
  ];
}

function goals(results: Results): string[] {
  const all = outcomes(results);
  if (all.length === 0) return [];
  const missed = all.filter(({ isReached }) => !isReached);
  const summary =
    missed.length === 0
      ? `All ${all.length} are reached.`
      : `${all.length - missed.length} of ${all.length} are reached. Those that are not:`;
  return [
    '## Goals',
    `What rxcql set out to reach. ${summary}`,
    ...(missed.length === 0
      ? []
      : [missed.map((one) => `- ${one.what}: ${one.measured}, not ${one.toReach}.`).join('\n')]),
    gridToMarkdown({
      header: ['goal', 'to reach', 'measured', ''],
      rows: all.map(({ what, toReach, measured, isReached }) => [
        what,
        toReach,
        measured,
        isReached ? 'reached' : 'missed',
      ]),
    }),
  ];
}

/** Every line of ours that does not grow as expected, and why. */
function growth(section: Section, results: Results, explanations: readonly Explanation[]): string[] {
  if (section.grows === undefined) return [];
  const of = section.lines.some(({ size }) => size !== undefined)
    ? ', divided by what stands in the second column,'
    : '';
  const should = section.grows === 'flat' ? 'is to be the same in all lines' : 'is not to rise from line to line';
  const found = deviations(section, results).map(({ workload, from, to, ratio }) => {
    const known = explanations.find(
      (one) => one.section === section.id && one.workloads.includes(workload) && one.to.includes(to),
    );
    return `- ${workload}, from ${from} to ${to}: ${times(ratio)}. ${known?.why ?? 'Not explained yet.'}`;
  });
  const expected = `The CPU time of rxcql for each${of} ${should}, within a quarter.`;
  return found.length === 0 ? [`${expected} It does that.`] : [`${expected} Exceptions:`, found.join('\n')];
}
