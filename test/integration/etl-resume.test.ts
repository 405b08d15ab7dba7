import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastValueFrom, mergeMap, range } from 'rxjs';
import { createSession, type Page, type Session } from 'rxcql';
import { countRows, verify } from 'rxcql/etl';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedNode, sharedNodeEnvironment } from './shared-node.js';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const KEYSPACE = 'rxcql_etl_resume';
const ROWS = 20_000;
/** How often each program is killed, if not as often as for CI. */
const KILLS = process.env['RXCQL_KILLS'];

const folder = mkdtempSync(join(tmpdir(), 'rxcql-resume-'));
const journal = join(folder, 'copy.journal');
let session: Session;
const run = (statement: string): Promise<Page> => lastValueFrom(session.execute(statement));

beforeAll(async () => {
  session = createSession(sharedNode);
  await run(`DROP KEYSPACE IF EXISTS ${KEYSPACE}`);
  await run(`CREATE KEYSPACE ${KEYSPACE} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
  for (const table of ['a', 'b']) {
    await run(`CREATE TABLE ${KEYSPACE}.${table} (id int PRIMARY KEY, total double, note text)`);
  }
  const insert = `INSERT INTO ${KEYSPACE}.a (id, total, note) VALUES (?, ?, ?)`;
  await lastValueFrom(range(0, ROWS).pipe(mergeMap((id) => session.execute(insert, [id, id / 2, `note ${id}`]), 128)));
});

afterAll(async () => {
  await run(`DROP KEYSPACE ${KEYSPACE}`);
  await lastValueFrom(session.close());
  rmSync(folder, { recursive: true, force: true });
});

const start = (program: string): ChildProcess =>
  spawn(process.execPath, ['--import', 'tsx', program, `${KEYSPACE}.a`, `${KEYSPACE}.b`, journal], {
    env: { ...process.env, ...sharedNodeEnvironment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });

/** Lets a program end; returns the number that it prints first. */
async function through(program: string): Promise<number> {
  const process = start(program);
  let output = '';
  process.stdout!.on('data', (text: Buffer) => (output += text.toString()));
  expect(await once(process, 'exit')).toEqual([0, null]);
  return Number(/^(\d+) /.exec(output)?.[1]);
}

const notes = (): number => (existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').length - 2 : 0);

/** Kills a program when it has noted some more, or lets it end; says whether it was killed. */
async function killed(process: ChildProcess, after: number): Promise<boolean> {
  const ended = once(process, 'exit');
  const before = notes();
  while (process.exitCode === null) {
    if (Math.abs(notes() - before) >= after && notes() > 0) process.kill('SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (process.signalCode !== null) break;
  }
  await ended;
  return process.signalCode === 'SIGKILL';
}

/** Everything has been copied, and nothing is left to be done. */
async function expectDone(program: string): Promise<void> {
  expect(await lastValueFrom(countRows(session, `${KEYSPACE}.b`))).toEqual({ total: ROWS });
  const [source, target] = ['a', 'b'].map((name) => ({ session, table: `${KEYSPACE}.${name}` }));
  expect(await lastValueFrom(verify(source!, target!), { defaultValue: 'no difference' })).toBe('no difference');
  expect(await through(program)).toBe(0);
}

describe.each([
  ['of checkpoint() and resume()', at('../../docs/examples/etl-resume.ts'), 64, 4],
  ['of copy()', at('../support/copy-program.ts'), ROWS, 2],
])('a program %s', (_, program, all, few) => {
  const most = Number(KILLS ?? few);
  it(
    'copies all rows though it is killed again and again, and reads no range twice that was done',
    { timeout: 120_000 + most * 15_000 },
    async () => {
      const anew = async (): Promise<void> => {
        rmSync(journal, { force: true });
        await run(`TRUNCATE ${KEYSPACE}.b`);
      };
      await anew();
      let kills = 0;
      while (kills < most) {
        if (await killed(start(program), 3 + (kills % 4) * 4)) {
          kills++;
          expect(notes()).toBeGreaterThan(0);
        } else {
          await expectDone(program);
          await anew();
        }
      }
      expect(await through(program)).toBeLessThan(all);
      await expectDone(program);
    },
  );
});
