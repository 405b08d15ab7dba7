import type { EtlResults } from '../etl/results.js';
import { type EtlResult, TOOLS, WORKS } from '../etl/works.js';
import { type Machine, sameMachine } from '../results.js';
import { type EtlFigures, etlFiguresOf } from './etl-figures.js';
import { etlOutcomes } from './etl-goals.js';
import { count, mega, micro, times } from './format.js';
import { type Grid, gridToMarkdown } from './grid.js';
import { machineLine } from './machine-line.js';

/** A table, and what is to be known to read it. */
interface EtlTable {
  readonly title: string;
  readonly about: string;
  readonly grid: Grid;
}

/** The tables of what was measured of whole tables. */
export function etlTables({ sections, versions }: EtlResults): EtlTable[] {
  const { compared = [], canned = [], memory = [] } = sections;
  return [
    ...(compared.length === 0 ? [] : [comparedTable(compared, versions)]),
    ...(canned.length === 0 ? [] : [cannedTable(canned)]),
    ...(memory.length === 0 ? [] : [memoryTable(memory)]),
  ];
}

/** The part of the document that tells of whole tables. */
export function etlSection(results: EtlResults, machineOfOthers: Machine): string[] {
  const outcomes = etlOutcomes(results);
  const goals: Grid = {
    header: ['goal', 'to reach', 'measured', ''],
    rows: outcomes.map(({ what, toReach, measured, isReached }) => [what, toReach, measured, isReached ? 'reached' : 'missed']), // prettier-ignore
  };
  return [
    '## Whole tables',
    METHOD,
    ...(sameMachine(results.machine, machineOfOthers) ? [] : [machineLine(results.machine)]),
    ...(outcomes.length === 0 ? [] : [gridToMarkdown(goals)]),
    ...etlTables(results).flatMap(({ title, about, grid }) => [`### ${title}`, about, gridToMarkdown(grid)]),
  ];
}

const METHOD = `What the command \`rxcql\` takes to unload and to load a table of 8 columns (int, uuid, text, timestamp, double, bigint, boolean, text), one
field in ten in quotes and one in twenty null. Measured are processes from their start to their end, as their users run them: wall time, CPU time of the process with all that
it starts, and the most memory that was seen. \`npm run bench:etl\` measures it (\`test/bench/etl/results.json\`).`;

const seconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} s`;

const beside = (own: number, other: number | undefined): string => (other === undefined ? '' : times(own / other));

function comparedTable(results: readonly EtlResult[], versions: EtlResults['versions']): EtlTable {
  const rounds = results[0]!.rounds.length;
  const rows = WORKS.flatMap((work) => {
    const figures = new Map(results.filter((one) => one.work === work).map((one) => [one.tool, etlFiguresOf(one)]));
    const theirs = figures.get('dsbulk');
    return TOOLS.flatMap((tool) => {
      const own = figures.get(tool);
      return own === undefined ? [] : [[work, tool, ...comparedCells(own, theirs)]];
    });
  });
  return {
    title: 'Beside others, on a real Cassandra',
    about:
      `A table of ${count(results[0]!.rows)} rows, as CSV; one node on the same machine, of which it takes the most. Each program in turn, ${rounds} times, and each with its defaults: ` +
      `dsbulk ${versions['dsbulk'] ?? ''} with a heap of ${versions['heap of dsbulk'] ?? ''}, and a loop in Python with its driver ${versions['Python'] ?? ''}, which ` +
      'loads by `execute_concurrent_with_args(concurrency=256)` and unloads by `csv.writer`. Figures are medians. All rows were counted afterwards, each time.',
    grid: {
      header: ['work', 'by', 'time', 'rows each second', 'time, of dsbulk', 'CPU time', 'of dsbulk', 'peak RSS', 'of dsbulk'], // prettier-ignore
      rows,
    },
  };
}

function comparedCells(own: EtlFigures, theirs: EtlFigures | undefined): string[] {
  const { median, least, most } = own.seconds;
  return [
    least === most ? seconds(median) : `${seconds(median)} (${seconds(least)} to ${seconds(most)})`,
    count(own.perSecond),
    beside(median, theirs?.seconds.median),
    seconds(own.cpu),
    beside(own.cpu, theirs?.cpu),
    mega(own.peakRss),
    beside(own.peakRss, theirs?.peakRss),
  ];
}

function cannedTable(results: readonly EtlResult[]): EtlTable {
  return {
    title: 'The command alone',
    about:
      'The same, of a server whose answers are made beforehand: what the command itself can do, its start included.',
    grid: {
      header: ['work', 'by', 'rows', 'time', 'rows each second', 'CPU time a row', 'peak RSS'],
      rows: results.map((one) => {
        const figures = etlFiguresOf(one);
        const { seconds: time, perSecond, cpu, peakRss } = figures;
        return [one.work, one.tool, count(one.rows), seconds(time.median), count(perSecond), micro((cpu / one.rows) * 1e6), mega(peakRss)]; // prettier-ignore
      }),
    },
  };
}

function memoryTable(results: readonly EtlResult[]): EtlTable {
  const sizes = [...new Set(results.map(({ rows }) => rows))].sort((a, b) => a - b);
  const kinds = [...new Set(results.map(({ work, format }) => `${work} ${format}`))];
  return {
    title: 'Memory',
    about: 'Peak RSS of the command, of the same server, with tables of several sizes.',
    grid: {
      header: ['work', 'as', ...sizes.map((rows) => `${count(rows)} rows`)],
      rows: kinds.map((kind) => {
        const [work, format] = kind.split(' ') as [string, string];
        const cells = sizes.map((rows) => {
          const found = results.find((one) => one.work === work && one.format === format && one.rows === rows);
          return found === undefined ? '' : mega(etlFiguresOf(found).peakRss);
        });
        return [work, format === 'csv' ? 'CSV' : 'Parquet', ...cells];
      }),
    },
  };
}
