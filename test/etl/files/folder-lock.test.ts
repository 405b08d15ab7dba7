/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- what takes pages takes those of a scan */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { EMPTY, lastValueFrom, NEVER, of, startWith } from 'rxjs';
import { toCsv } from 'rxcql/etl';
import { describe, expect, it } from 'vitest';
import { FolderLock } from '../../../src/etl/files/folder-lock.js';
import { failureOf } from '../../support/served-session.js';
import { items, range, scanPage, temporaryFolders } from './support.js';

const folderOf = temporaryFolders();
const lockOf = (): string => join(folderOf(), '.part.lock');
const isTaken = (path: string): boolean => {
  try {
    new FolderLock(path).take();
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_RXCQL_CHECKPOINT' });
    return true;
  }
};

describe('the lock of a folder', () => {
  it('is one process’s until it is released', () => {
    const path = lockOf();
    const lock = new FolderLock(path);
    lock.take();
    lock.take();
    expect(() => new FolderLock(path).take()).toThrow(`The process ${process.pid} is writing these files`);
    lock.release();
    expect([existsSync(path), isTaken(path)]).toEqual([false, false]);
  });

  it('is that of another process as long as it runs, and of nobody when it was killed', async () => {
    const path = lockOf();
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    writeFileSync(path, JSON.stringify({ host: hostname(), pid: other.pid }));
    expect(isTaken(path)).toBe(true);
    other.kill('SIGKILL');
    await once(other, 'close');
    expect(isTaken(path)).toBe(false);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid });
  });

  it.each([
    ['half a lock', '{"host":'],
    ['that of another machine', JSON.stringify({ host: `not ${hostname()}`, pid: process.pid })],
    ['that of a process that has ended', JSON.stringify({ host: hostname(), pid: spawnSync(process.execPath, ['-v']).pid })], // prettier-ignore
  ])('is taken over from what holds nothing: %s', (_, text) => {
    const path = lockOf();
    writeFileSync(path, text);
    expect(isTaken(path)).toBe(false);
  });

  it.runIf(existsSync('/proc/self/stat'))('is of nobody when another process has the number', () => {
    const path = lockOf();
    writeFileSync(path, JSON.stringify({ host: hostname(), pid: process.ppid, started: '1' }));
    expect(isTaken(path)).toBe(false);
  });

  it('keeps a second one from writing, which changes nothing', async () => {
    const folder = folderOf();
    const pages = (at: bigint) => scanPage(range(at, at + 1n), items(1, 2));
    const first = NEVER.pipe(startWith(scanPage(range(0n, 1n), items(1, 2), { lastOfRange: false })), toCsv({ folder })).subscribe(); // prettier-ignore
    await expect.poll(() => existsSync(join(folder, '.part.lock'))).toBe(true);
    expect(await failureOf(of(pages(5n)).pipe(toCsv({ folder })))).toMatchObject({ code: 'ERR_RXCQL_CHECKPOINT' });
    // Under another name there is room.
    await lastValueFrom(of(pages(5n)).pipe(toCsv({ folder, name: 'mine' })));
    first.unsubscribe();
    expect(existsSync(join(folder, '.part.lock'))).toBe(false);
    await lastValueFrom(of(pages(5n)).pipe(toCsv({ folder })));
    await lastValueFrom(EMPTY.pipe(toCsv({ folder })), { defaultValue: 0 });
  });
});
