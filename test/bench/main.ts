// What `npm run bench` does: `npm run bench -- --help` says what there is, plan.ts what is measured.
import { concatMap, defer, from, lastValueFrom, take } from 'rxjs';
import { byServer, bySection, type Case, casesOf, isEncrypted, nodesOf } from './cases.js';
import { estimate } from './estimate.js';
import { thisMachine } from './machine.js';
import { measureInTurn } from './measure.js';
import { benchOptions, HELP } from './options.js';
import { tableOf } from './report/document.js';
import { gridToText } from './report/grid.js';
import { writeReport } from './report/write-report.js';
import { merge, type Results, sameMachine } from './results.js';
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
  if (write && known !== undefined && !sameMachine(known.machine, machine)) {
    console.log(
      'The figures that are kept are those of another machine, or another Node: these take the place of all of them.',
    );
  }
  console.log(`${cpu}, ${cores} cores, Node ${node}. ${processes} measurements, about ${minutes(cases)}:`);
  for (const { id, title, ...section } of sections) {
    console.log(`  ${id.padEnd(20)}${minutes(casesOf({ id, title, ...section })).padStart(8)}   ${title}`);
  }
  console.log();
}

async function measureAll(program: readonly string[], cases: readonly Case[], target: Target): Promise<void> {
  for (const compared of bySection(cases)) {
    const { section } = compared[0]!;
    const tell = (text: string): void => console.log(`${section.title}, ${text}`);
    const results = await measureInTurn(program, compared, target, roundsOf(compared[0]!), tell);
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
    const first = group[0]!;
    await lastValueFrom(
      SERVERS[first.section.server](nodesOf(first), isEncrypted(first)).pipe(
        concatMap((target) => defer(() => from(measureAll(program, group, target)))),
        take(1),
      ),
    );
  }
  for (const section of sections)
    console.log(`\n${section.title}\n${section.about}\n\n${gridToText(tableOf(section, measured))}`);
  // As it was kept, which is rounded: the document is that of the file.
  if (write) await writeReport(readResults()!);
}

async function render(): Promise<void> {
  if (known === undefined) throw new Error('No figures are kept: `npm run bench -- --all --write` measures first.');
  await writeReport(known);
}

if (action === 'help') console.log(HELP);
else if (action === 'render') await render();
else await run();
