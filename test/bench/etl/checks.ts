import { execFile } from 'node:child_process';
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { COMMAND } from './tools/rxcql.js';
import type { Place } from './works.js';

const NEWLINE = 0x0a;

/** @throws Error unless a file, or the files of a folder together, have so many records, each file behind a header. */
export async function checkUnloaded(path: string, rows: number): Promise<void> {
  const files = statSync(path).isDirectory()
    ? readdirSync(path).filter((name) => name.endsWith('.csv')).map((name) => join(path, name)) // prettier-ignore
    : [path];
  let found = 0;
  for (const file of files) found += (await linesOf(file)) - 1;
  if (found !== rows) throw new Error(`${path} has ${found} records in place of ${rows}.`);
}

/** No record of these tables has a line feed in it. */
async function linesOf(file: string): Promise<number> {
  let lines = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) lines++;
  }
  return lines;
}

/** @throws Error unless the table has so many rows. */
export async function checkLoaded({ host, port, keyspace, table }: Place, rows: number): Promise<void> {
  const [node, ...command] = COMMAND;
  const where = ['-h', `${host}:${port}`, '-k', keyspace, '-t', table];
  const { stdout } = await promisify(execFile)(node, [...command, 'count', ...where, '--progress', 'none']);
  if (Number(stdout) !== rows) throw new Error(`${table} has ${stdout.trim()} rows in place of ${rows}.`);
}
