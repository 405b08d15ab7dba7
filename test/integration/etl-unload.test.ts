import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { lastValueFrom, mergeMap, range } from 'rxjs';
import { createSession, type Page, type Session } from 'rxcql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sharedNode, sharedNodeEnvironment } from './shared-node.js';

// `RXCQL_KILLS=50 npx vitest run --project integration test/integration/etl-unload.test.ts` is the long form.
const KILLS = Number(process.env['RXCQL_KILLS'] ?? 3);
const PROGRAM = fileURLToPath(new URL('../../docs/examples/etl-unload.ts', import.meta.url));
const KEYSPACE = 'rxcql_etl_unload';
const ROWS = 10_000;
/** Enough for each of the processes to be killed before the last range. */
const SPLITS = 128 + 64 * KILLS;

const folder = mkdtempSync(join(tmpdir(), 'rxcql-unload-'));
let session: Session;
const run = (statement: string): Promise<Page> => lastValueFrom(session.execute(statement));

beforeAll(async () => {
  session = createSession(sharedNode);
  await run(`DROP KEYSPACE IF EXISTS ${KEYSPACE}`);
  await run(`CREATE KEYSPACE ${KEYSPACE} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
  await run(`CREATE TABLE ${KEYSPACE}.t (id int PRIMARY KEY, note text)`);
  const insert = `INSERT INTO ${KEYSPACE}.t (id, note) VALUES (?, ?)`;
  await lastValueFrom(range(0, ROWS).pipe(mergeMap((id) => session.execute(insert, [id, `note "${id}"`]), 128)));
});

afterAll(async () => {
  await run(`DROP KEYSPACE ${KEYSPACE}`);
  await lastValueFrom(session.close());
  rmSync(folder, { recursive: true, force: true });
});

const unload = (): ChildProcess =>
  spawn(process.execPath, ['--import', 'tsx', PROGRAM, `${KEYSPACE}.t`, folder, String(SPLITS)], {
    env: { ...process.env, ...sharedNodeEnvironment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });

interface Committed {
  readonly file: string;
  readonly rows: number;
  readonly sha256: string;
  readonly bytes: number;
}

/** What the journal has, without a line that is not whole. */
function committed(): Committed[] {
  const path = join(folder, 'rxcql.journal');
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(1, -1) : [];
  return lines.map((line) => JSON.parse(line) as Committed).filter(({ file }) => (file as unknown) !== undefined);
}

const csvLines = (file: string): string[] => gunzipSync(readFileSync(join(folder, file))).toString().trimEnd().split('\n'); // prettier-ignore

/** The rows of committed files, of which every one is what the journal says of it. */
function rowsCommitted(): string[] {
  return committed().flatMap(({ file, rows, sha256, bytes }) => {
    const content = readFileSync(join(folder, file));
    expect([createHash('sha256').update(content).digest('hex'), content.length]).toEqual([sha256, bytes]);
    const [header, ...lines] = csvLines(file);
    expect([header, lines.length]).toEqual(['id,note', rows]);
    return lines;
  });
}

/** Kills it at some moment between two files; says whether there was time for that. */
async function killed(process: ChildProcess): Promise<boolean> {
  process.stdout!.resume();
  const ended = once(process, 'exit');
  const before = committed().length;
  const moment = 1 + Math.random() * 24;
  const isRunning = (): boolean => process.exitCode === null && process.signalCode === null;
  while (isRunning() && committed().length < before + moment) await new Promise((resolve) => setTimeout(resolve, 1));
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 8));
  process.kill('SIGKILL');
  await ended;
  return process.signalCode === 'SIGKILL';
}

it(
  'has every row in one file, once, though it is killed again and again',
  { timeout: 60_000 + KILLS * 20_000 },
  async () => {
    const leftovers = { temporary: 0, renamed: 0 };
    for (let kill = 0; kill < KILLS; kill++) {
      expect(await killed(unload())).toBe(true);
      const rows = rowsCommitted();
      expect(new Set(rows).size).toBe(rows.length);
      const files = readdirSync(folder);
      leftovers.temporary += files.filter((file) => file.endsWith('.tmp')).length;
      leftovers.renamed += files.filter((file) => file.endsWith('.csv.gz')).length - committed().length;
    }
    const kept = committed();
    const last = unload();
    let output = '';
    last.stdout!.on('data', (text: Buffer) => (output += text.toString()));
    expect(await once(last, 'exit')).toEqual([0, null]);
    const all = Array.from({ length: ROWS }, (_, id) => `${id},"note ""${id}"""`);
    expect(rowsCommitted().sort()).toEqual(all.sort());
    // What had been committed was not written again, and nothing is there that was not.
    expect(output).toContain(`${committed().length - kept.length} files were written`);
    const names = committed().map(({ file }) => file).sort(); // prettier-ignore
    expect(readdirSync(folder).sort()).toEqual(['manifest.json', ...names, 'rxcql.journal']);
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { files: Committed[] };
    expect(manifest).toMatchObject({ rows: ROWS, fraction: 1, header: { table: `${KEYSPACE}.t` } });
    expect(manifest.files.map(({ file, sha256 }) => [file, sha256])).toEqual(
      committed().map(({ file, sha256 }) => [file, sha256]).sort(([a], [b]) => (a! < b! ? -1 : 1)), // prettier-ignore
    );
    if (KILLS > 20)
      console.log(`${KILLS} kills left ${leftovers.temporary} unfinished and ${leftovers.renamed} uncommitted files.`);
  },
);
