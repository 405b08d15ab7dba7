// Compares rxcql with the npm package `cassandra-driver`, and both with a bare socket:
//
//   npm run bench [-- --all | --only pages,columns] [--rounds 1] [--write]
//   npm run bench -- --plan [--all]           what would be measured, and how long that takes
//   npm run bench -- --render                 writes the document again, from the figures that are there
//   npm run bench -- --server cassandra --nodes 3 --workloads 'insert,point read' --concurrency 16 --operations 100000
//
// The plan is in plan.ts. All drivers do each workload in turn, every time in a process of their own.
import { concatMap, defer, from, lastValueFrom, take } from 'rxjs';
import { byServer, type Case, casesOf, nodesOf } from './cases.js';
import { estimate } from './estimate.js';
import { thisMachine } from './machine.js';
import { measureCase } from './measure.js';
import { benchOptions } from './options.js';
import { tableOf } from './report/document.js';
import { gridToText } from './report/grid.js';
import { writeReport } from './report/write-report.js';
import { merge, type Results } from './results.js';
import { readResults, writeResults } from './results-file.js';
import { SERVERS, type Target } from './server.js';
import { buildWorkers } from './workers.js';

const { sections, rounds: givenRounds, action, write } = benchOptions(process.argv.slice(2));
const machine = thisMachine();
const known = readResults();
/** What is measured now; and what is to be written, with what was measured before. */
let measured: Results = { machine, sections: {} };
let kept = known;

const roundsOf = ({ section }: Case): number => givenRounds ?? section.rounds;
const minutes = (cases: readonly Case[]): string => {
  const seconds = cases.reduce((sum, one) => sum + estimate(one, roundsOf(one), known), 0);
  return `${Math.max(1, Math.round(seconds / 60))} min`;
};

function tellPlan(cases: readonly Case[]): void {
  const processes = cases.reduce((sum, one) => sum + one.section.drivers.length * roundsOf(one), 0);
  const { cpu, cores, node } = machine;
  console.log(`${cpu}, ${cores} cores, Node ${node}. ${processes} measurements, about ${minutes(cases)}:`);
  for (const { id, title, ...section } of sections) {
    console.log(`  ${id.padEnd(20)}${minutes(casesOf({ id, title, ...section })).padStart(8)}   ${title}`);
  }
  console.log();
}

async function measureAll(program: readonly string[], cases: readonly Case[], target: Target): Promise<void> {
  for (const one of cases) {
    const { section, workload, line } = one;
    console.log([section.title, workload, line.name].filter((name) => name !== '').join(', '));
    const results = await measureCase(program, one, target, roundsOf(one));
    measured = merge(measured, machine, section.id, results);
    if (write) {
      kept = merge(kept, machine, section.id, results);
      writeResults(kept);
    }
  }
}

async function run(): Promise<void> {
  const cases = sections.flatMap(casesOf);
  tellPlan(cases);
  if (action === 'plan') return;
  const program = [buildWorkers()];
  for (const group of byServer(cases)) {
    const [{ section }, nodes] = [group[0]!, nodesOf(group[0]!)];
    await lastValueFrom(
      SERVERS[section.server](nodes).pipe(
        concatMap((target) => defer(() => from(measureAll(program, group, target)))),
        take(1),
      ),
    );
  }
  for (const section of sections)
    console.log(`\n${section.title}\n${section.about}\n\n${gridToText(tableOf(section, measured))}`);
  if (write) await writeReport(kept!);
}

if (action !== 'render') await run();
else if (known === undefined)
  throw new Error('There is nothing to render: `npm run bench -- --all --write` measures first.');
else await writeReport(known);
