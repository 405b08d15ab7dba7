import { parseArgs } from 'node:util';
import { ETL_SECTIONS, type EtlSection } from './results.js';
import { type ToolName, TOOLS, type Work, WORKS } from './works.js';

/** What `npm run bench:etl` is asked for. */
export interface EtlBenchOptions {
  readonly section: EtlSection;
  readonly works: readonly Work[];
  readonly tools: readonly ToolName[];
  /** Undefined for what is usual. */
  readonly rows: number | undefined;
  readonly rounds: number | undefined;
  readonly host: string;
  readonly port: number;
  readonly storagePort: number;
  readonly write: boolean;
  readonly add: boolean;
}

export const HELP = `Compares the command rxcql with dsbulk, and with loops in Python, on a real Cassandra that is started for it.

npm run bench:etl                          unloads and loads a million rows, three times, in turn
npm run bench:etl -- --section canned      the command alone, on a server whose answers are made beforehand
npm run bench:etl -- --section memory      its memory with 100,000, a million, and five million rows

  --work unload|load             only one of them
  --tools rxcql,dsbulk,Python    only some
  --rows n, --rounds n           other numbers
  --host, --port, --storage-port where Cassandra listens (127.0.0.1, 9042, 7000)
  --write                        keeps the figures in test/bench/etl/results.json, and writes them into docs/performance.md
  --add                          adds the rounds to those that are kept, rather than replace them

Needed are Java 17 and Maven, and Python 3 with its module venv; what is compared is fetched the first time.
`;

/** Undefined where help is wanted. @throws RangeError for what there is not. */
export function etlBenchOptions(args: readonly string[]): EtlBenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      section: { type: 'string', default: 'compared' },
      work: { type: 'string' },
      tools: { type: 'string' },
      rows: { type: 'string' },
      rounds: { type: 'string' },
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '9042' },
      'storage-port': { type: 'string', default: '7000' },
      write: { type: 'boolean', default: false },
      add: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    section: oneOf('section', ETL_SECTIONS, values.section),
    works: values.work === undefined ? WORKS : [oneOf('work', WORKS, values.work)],
    tools: values.tools === undefined ? TOOLS : values.tools.split(',').map((name) => oneOf('tools', TOOLS, name)),
    rows: values.rows === undefined ? undefined : number('rows', values.rows),
    rounds: values.rounds === undefined ? undefined : number('rounds', values.rounds),
    host: values.host,
    port: number('port', values.port),
    storagePort: number('storage-port', values['storage-port']),
    write: values.write,
    add: values.add,
  };
}

function number(name: string, value: string): number {
  const parsed = Number(value);
  if (!Number.isInteger(parsed) || parsed < 1) throw new RangeError(`--${name} is a whole number, 1 or more.`);
  return parsed;
}

function oneOf<T extends string>(name: string, all: readonly T[], wanted: string): T {
  const found = all.find((one) => one === wanted);
  if (found === undefined) throw new RangeError(`--${name} is of ${all.join(', ')}; there is no "${wanted}".`);
  return found;
}
