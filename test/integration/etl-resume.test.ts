import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastValueFrom, mergeMap, range } from 'rxjs';
import { createSession, type Page, type Session } from 'rxcql';
import { countRows } from 'rxcql/etl';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sharedNode, sharedNodeEnvironment } from './shared-node.js';

const PROGRAM = fileURLToPath(new URL('../../docs/examples/etl-resume.ts', import.meta.url));
const KEYSPACE = 'rxcql_etl_resume';
const ROWS = 20_000;
const KILLS = 4;

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

const copy = (): ChildProcess =>
  spawn(process.execPath, ['--import', 'tsx', PROGRAM, `${KEYSPACE}.a`, `${KEYSPACE}.b`, journal], {
    env: { ...process.env, ...sharedNodeEnvironment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });

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

it(
  'copies all rows though it is killed again and again, and reads no range twice that was done',
  { timeout: 180_000 },
  async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const wasKilled = await killed(copy(), 3 + kill * 4);
      expect(wasKilled).toBe(true);
      expect(notes()).toBeGreaterThan(0);
    }
    const last = copy();
    let output = '';
    last.stdout!.on('data', (text: Buffer) => (output += text.toString()));
    expect(await once(last, 'exit')).toEqual([0, null]);
    const pages = Number(/^(\d+) pages/.exec(output)?.[1]);
    expect(pages).toBeLessThan(64);
    expect(await lastValueFrom(countRows(session, `${KEYSPACE}.b`))).toEqual({ total: ROWS });
    const again = copy();
    let nothing = '';
    again.stdout!.on('data', (text: Buffer) => (nothing += text.toString()));
    expect(await once(again, 'exit')).toEqual([0, null]);
    // Nothing is left.
    expect(nothing).toBe('0 pages were copied\n');
  },
);
