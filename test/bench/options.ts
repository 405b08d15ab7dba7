import { parseArgs } from 'node:util';
import { PLAN, type Section, type ServerKind } from './plan.js';
import { type Driver, DRIVERS, type Setting, type Workload, WORKLOADS } from './workloads.js';

/** What `npm run bench` is asked for. */
export interface BenchOptions {
  readonly sections: readonly Section[];
  /** Instead of those of the sections. */
  readonly rounds: number | undefined;
  readonly action: 'measure' | 'plan' | 'render' | 'help';
  readonly write: boolean;
}

const OPTIONS = {
  all: { type: 'boolean', default: false },
  only: { type: 'string' },
  write: { type: 'boolean', default: false },
  render: { type: 'boolean', default: false },
  plan: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
  rounds: { type: 'string' },
  drivers: { type: 'string' },
  server: { type: 'string' },
  nodes: { type: 'string' },
  workloads: { type: 'string' },
  concurrency: { type: 'string' },
  operations: { type: 'string' },
} as const;

export const HELP = `Compares rxcql with the npm package cassandra-driver, and both with a bare socket, each in turn and in a process of its own.

npm run bench                              the main table, on a server whose answers are made beforehand
npm run bench -- --all                     everything, a real Cassandra included
npm run bench -- --only pages,columns      some of: ${PLAN.map(({ id }) => id).join(', ')}

  --rounds n       instead of those of the plan
  --drivers a,b    only these of ${DRIVERS.join(', ')}: what was measured of the others is kept
  --plan           says what would be measured, and how long that takes
  --write          keeps the figures in test/bench/results.json, and writes docs/performance.md and its chart
  --render         writes them again, from the figures that are kept

The main table with settings of your own, which are not kept:

  --server canned|cassandra --nodes n --workloads 'insert,scan' --concurrency n --operations n

  workloads: ${WORKLOADS.join(', ')}
`;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

/** @throws RangeError for what there is not. */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const custom = customSection(values);
  if (custom !== undefined && (values.write || values.all || values.only !== undefined)) {
    throw new RangeError(
      'What is measured by options of its own is no part of the document: leave --write, --all and --only.',
    );
  }
  return {
    sections: withDrivers(custom === undefined ? chosen(values) : [custom], values.drivers),
    rounds: values.rounds === undefined ? undefined : number('rounds', values.rounds),
    action: actionOf(values),
    write: values.write,
  };
}

function actionOf({ help, plan, render }: Values): BenchOptions['action'] {
  if (help) return 'help';
  if (plan) return 'plan';
  return render ? 'render' : 'measure';
}

function chosen({ all, only }: Values): readonly Section[] {
  if (all) return PLAN;
  return (only ?? 'main').split(',').map((name) => oneOf('only', PLAN, name, ({ id }) => id));
}

function withDrivers(sections: readonly Section[], names: string | undefined): readonly Section[] {
  if (names === undefined) return sections;
  const wanted = names.split(',').map((name): Driver => oneOf('drivers', DRIVERS, name));
  return sections
    .map((section) => ({ ...section, drivers: section.drivers.filter((driver) => wanted.includes(driver)) }))
    .filter(({ drivers }) => drivers.length > 0);
}

/** The main table with other settings, where some are given. */
function customSection({ server, nodes, workloads, concurrency, operations }: Values): Section | undefined {
  if ([server, nodes, workloads, concurrency, operations].every((option) => option === undefined)) return undefined;
  const kind = oneOf('server', ['canned', 'cassandra'] satisfies ServerKind[], server ?? 'canned');
  const base = PLAN.find(({ id }) => id === (kind === 'canned' ? 'main' : 'cassandra'))!;
  const setting: Partial<Setting> = {
    ...(concurrency !== undefined && { concurrency: number('concurrency', concurrency) }),
    ...(operations !== undefined && { operations: number('operations', operations) }),
  };
  const names = workloads?.split(',');
  return {
    ...base,
    about: `As you have asked for: ${JSON.stringify({ server: kind, nodes: Number(nodes ?? 1), ...setting })}.`,
    workloads: names?.map((name): Workload => oneOf('workloads', WORKLOADS, name)) ?? base.workloads,
    setting: { ...base.setting, ...setting },
    lines: [{ name: '', ...(nodes !== undefined && { nodes: number('nodes', nodes) }) }],
  };
}

function number(name: string, value: string): number {
  const parsed = Number(value);
  if (!Number.isInteger(parsed) || parsed < 1) throw new RangeError(`--${name} is a whole number, 1 or more.`);
  return parsed;
}

function oneOf<T>(option: string, all: readonly T[], wanted: string, name = String as (one: T) => string): T {
  const found = all.find((one) => name(one) === wanted);
  if (found === undefined)
    throw new RangeError(`--${option} is of ${all.map(name).join(', ')}; there is no "${wanted}".`);
  return found;
}
