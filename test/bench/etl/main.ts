// What `npm run bench:etl` does: `npm run bench:etl -- --help` says what there is.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { thisMachine } from '../machine.js';
import { etlTables } from '../report/etl-section.js';
import { gridToText } from '../report/grid.js';
import { writeReport } from '../report/write-report.js';
import { readResults } from '../results-file.js';
import { measureCanned, measureMemory } from './alone.js';
import { measureCompared } from './compared.js';
import { type EtlBenchOptions, etlBenchOptions, HELP } from './options.js';
import { type EtlResults, type EtlSection, mergeEtl, readEtlResults, writeEtlResults } from './results.js';

type Measure = (options: EtlBenchOptions, folder: string) => Promise<Pick<EtlResults, 'versions' | 'sections'>>;

const MEASURES: Record<EtlSection, Measure> = {
  compared: measureCompared,
  canned: measureCanned,
  memory: measureMemory,
};

async function run(options: EtlBenchOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rxcql-bench-etl-'));
  try {
    const news: EtlResults = { machine: thisMachine(), ...(await MEASURES[options.section](options, folder)) };
    for (const { title, grid } of etlTables(news)) console.log(`\n${title}\n\n${gridToText(grid)}`);
    if (!options.write) return;
    writeEtlResults(mergeEtl(readEtlResults(), news, options.section, options.add));
    const others = readResults();
    if (others !== undefined) await writeReport(others);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const options = etlBenchOptions(process.argv.slice(2));
if (options === undefined) console.log(HELP);
else await run(options);
