import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastValueFrom, mergeMap, range } from 'rxjs';
import { createSession, type Page, type Session } from 'rxcql';
import { tokenRanges } from 'rxcql/etl';
import { addRanges, queueProgress } from 'rxcql/etl/bullmq';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { linesIn } from '../etl/files/support.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { sharedNode, sharedNodeEnvironment } from './shared-node.js';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const TABLE = 'rxcql_etl_bullmq.t';
const ROWS = 4_000;
const SPLITS = 24;
const all = Array.from({ length: ROWS }, (_, id) => `${id},note ${id}`).sort();

const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'rxcql-bullmq-'))) as [string, string];
let redis: RedisServer;
let session: Session;
const run = (statement: string): Promise<Page> => lastValueFrom(session.execute(statement));

beforeAll(async () => {
  redis = await startRedis();
  session = createSession(sharedNode);
  await run('DROP KEYSPACE IF EXISTS rxcql_etl_bullmq');
  await run(`CREATE KEYSPACE rxcql_etl_bullmq WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
  await run(`CREATE TABLE ${TABLE} (id int PRIMARY KEY, note text)`);
  const insert = `INSERT INTO ${TABLE} (id, note) VALUES (?, ?)`;
  await lastValueFrom(range(0, ROWS).pipe(mergeMap((id) => session.execute(insert, [id, `note ${id}`]), 128)));
});

afterAll(async () => {
  await run('DROP KEYSPACE rxcql_etl_bullmq');
  await lastValueFrom(session.close());
  await redis.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Machine {
  readonly process: ChildProcess;
  readonly said: () => string[];
  readonly ended: Promise<unknown[]>;
}

function start(program: string, ...args: readonly string[]): Machine {
  const child = spawn(process.execPath, ['--import', 'tsx', at(program), TABLE, ...args], {
    env: { ...process.env, ...sharedNodeEnvironment, REDIS: `127.0.0.1:${redis.connection.port}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  return { process: child, said: () => output.trimEnd().split('\n'), ended: once(child, 'exit') };
}

/** The ranges of what was said. */
const saidOf = (machine: Machine, kind: string): string[] =>
  machine.said().filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length + 1)); // prettier-ignore

const unfinished = (folder: string): string[] => readdirSync(folder).filter((file) => file.endsWith('.tmp'));

/** The files of a folder that a process has open; empty where the system does not say it. */
function openIn(folder: string, pid: number): string[] {
  const descriptors = `/proc/${pid}/fd`;
  if (!existsSync(descriptors)) return [];
  const open = readdirSync(descriptors).map((fd) => readlinkSync(join(descriptors, fd)));
  return open.filter((path) => dirname(path) === folder).map((path) => basename(path));
}

/** In the middle of a range there is a file that has begun. Where the system does not say it, that is left to chance. */
async function stopInTheMiddle({ process: child }: Machine, folder: string): Promise<void> {
  for (;;) {
    child.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (!existsSync(`/proc/${child.pid}/fd`) || openIn(folder, child.pid!).length > 0) return;
    child.kill('SIGCONT');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

it('a table is unloaded by several machines, of which one is killed and one stands still: each row is in one file, once', async () => {
  const [folder] = folders;
  const queue = { name: 'machines', connection: redis.connection, header: { table: TABLE } };
  await lastValueFrom(addRanges(queue, tokenRanges(session, TABLE, { splits: SPLITS })));
  const machines = [0, 1, 2].map(() => start('../support/queue-program.ts', folder, String(redis.connection.port)));
  const [killed, paused, steady] = machines as [Machine, Machine, Machine];
  await expect.poll(() => machines.every((machine) => saidOf(machine, 'completed').length > 0), { timeout: 30_000, interval: 5 }).toBe(true); // prettier-ignore
  for (const machine of [killed, paused]) await stopInTheMiddle(machine, folder);
  killed.process.kill('SIGKILL');
  expect(await killed.ended).toEqual([null, 'SIGKILL']);
  expect(await steady.ended).toEqual([0, null]);
  const left = unfinished(folder);
  expect(left.length).toBeGreaterThan(0);
  const ofPaused = openIn(folder, paused.process.pid!);
  expect(linesIn(folder).sort()).toEqual(all);

  paused.process.kill('SIGCONT');
  expect(await paused.ended).toEqual([0, null]);
  expect(saidOf(paused, 'lost').length).toBeGreaterThan(0);
  expect(linesIn(folder).sort()).toEqual(all);
  // What stood still has left nothing behind. What was killed has, under names that say so.
  expect(left.filter((file) => !ofPaused.includes(file))).toEqual(expect.arrayContaining(unfinished(folder)));
  const completed = machines.flatMap((machine) => saidOf(machine, 'completed'));
  expect(completed.length).toBe(new Set(completed).size);
  expect(await lastValueFrom(queueProgress(queue))).toMatchObject({ rows: ROWS, failed: 0, fraction: 1 });
});

it('the example unloads a table on two machines', async () => {
  const [, folder] = folders;
  const machines = [0, 1].map(() => start('../../docs/examples/etl-bullmq.ts', folder, '2'));
  for (const { ended, said } of machines) {
    expect(await ended).toEqual([0, null]);
    expect(said().at(-1)).toMatch(new RegExp(`^${ROWS} rows in \\d+ ranges$`));
  }
  const lines = machines.flatMap(({ said }) => said()).filter((line) => /: \d+ rows$/.test(line));
  expect(lines.length).toBe(new Set(lines).size);
  expect(lines.reduce((sum, line) => sum + Number(/(\d+) rows$/.exec(line)![1]), 0)).toBe(ROWS);
  expect(linesIn(folder).sort()).toEqual(all);
});
