/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- what takes pages takes those of a scan */
import type * as Fs from 'node:fs';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { from, lastValueFrom, NEVER, of, startWith, Subject, toArray } from 'rxjs';
import {
  type Advanced,
  checkpoint,
  checkpointFile,
  deadLetter,
  type Outcome,
  resume,
  type ScanPage,
  toCsv,
} from 'rxcql/etl';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failureOf } from '../../support/served-session.js';
import { type Item, items, linesIn, pageOf, range, scanPage } from './support.js';

type Done = (error: NodeJS.ErrnoException | null, count: number) => void;

/** What the disk does in the place of what it would do, and how many files are open. */
const disk = vi.hoisted(() => ({
  write: undefined as ((length: number, go: (length: number) => void, done: Done) => void) | undefined,
  fsync: undefined as ((go: () => void, done: (error: Error | null) => void) => void) | undefined,
  writeSync: undefined as ((length: number) => number) | undefined,
  open: new Set<number>(),
}));

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof Fs>();
  return {
    ...fs,
    openSync: (...given: Parameters<typeof fs.openSync>) => {
      const descriptor = fs.openSync(...given);
      disk.open.add(descriptor);
      return descriptor;
    },
    closeSync: (descriptor: number) => {
      fs.closeSync(descriptor);
      disk.open.delete(descriptor);
    },
    writeSync: (descriptor: number, given: Uint8Array | string, at = 0) => {
      const bytes = Buffer.from(given as string);
      return fs.writeSync(descriptor, bytes, at, disk.writeSync?.(bytes.length - at) ?? bytes.length - at);
    },
    write: (descriptor: number, bytes: Uint8Array, at: number, length: number, _: null, done: Done) => {
      const go = (some: number): void => fs.write(descriptor, bytes, at, some, null, done);
      if (disk.write === undefined) go(length);
      else disk.write(length, go, done);
    },
    fsync: (descriptor: number, done: (error: Error | null) => void) => {
      const go = (): void => fs.fsync(descriptor, done);
      if (disk.fsync === undefined) go();
      else disk.fsync(go, done);
    },
  };
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rxcql-disk-'));
});
afterEach(() => {
  disk.write = disk.fsync = disk.writeSync = undefined;
  rmSync(folder, { recursive: true });
});

const full = (): NodeJS.ErrnoException => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }); // prettier-ignore
const temporary = (): string[] => readdirSync(folder).filter((file) => file.endsWith('.tmp'));
const ranges = Array.from({ length: 40 }, (_, i) => range(BigInt(i), BigInt(i + 1)));

it('writes what a disk takes in parts', async () => {
  disk.write = (length, go) => go(Math.min(length, 7));
  const file = join(folder, 'a.csv');
  await lastValueFrom(of(pageOf(items(1, 2)), pageOf(items(3, 2))).pipe(toCsv(file)));
  expect(readFileSync(file, 'utf8')).toBe('id,name\n1,name 1\n2,name 2\n3,\n4,name 4\n');
});

it('leaves what was committed, and nothing else, when the disk is full', async () => {
  let writes = 0;
  disk.write = (length, go, done) => (++writes > 4 ? done(full(), 0) : go(length));
  const pages = ranges.slice(0, 5).map((of, i) => scanPage(of, items(i * 3, 3)));
  // One after another: two writes each, of the names of the columns and of the rows.
  const source = new Subject<ScanPage<Item>>();
  const failure = failureOf(source.pipe(toCsv({ folder })));
  for (const page of pages.slice(0, 3)) {
    source.next(page);
    if (page !== pages[2]) await vi.waitFor(() => expect(page.isDelivered).toBe(true));
  }
  const error = await failure;
  expect(error).toMatchObject({ code: 'ERR_RXCQL_FILE', cause: { code: 'ENOSPC' } });
  expect(error.message).toContain('could not be written: ENOSPC');
  expect([temporary(), linesIn(folder).length, disk.open.size]).toEqual([[], 6, 0]);
  disk.write = undefined;
  const rest = await lastValueFrom(from(pages.slice(2)).pipe(toCsv({ folder }), toArray()));
  expect([rest.length, linesIn(folder).length]).toEqual([3, 15]);
});

it('takes no file for committed that could not be flushed', async () => {
  disk.fsync = (_, done) => done(new Error('EIO: i/o error, fsync'));
  const error = await failureOf(of(scanPage(ranges[0]!, items(0, 3))).pipe(toCsv({ folder })));
  expect(error).toMatchObject({ code: 'ERR_RXCQL_FILE' });
  expect([readdirSync(folder), disk.open.size]).toEqual([['rxcql.journal'], 0]);
  expect(readFileSync(join(folder, 'rxcql.journal'), 'utf8').trimEnd().split('\n').length).toBe(1);
});

it('closes a file that is left while it is being written, when it is not any more', async () => {
  for (const what of ['write', 'fsync'] as const) {
    let go: (() => void) | undefined;
    if (what === 'write') disk.write = (length, on) => (go = () => on(length));
    else disk.fsync = (on) => (go = on);
    const page = scanPage(ranges[0]!, items(0, 3));
    const subscription = of(page).pipe(toCsv({ folder })).subscribe();
    await vi.waitFor(() => expect(go).toBeDefined());
    expect([temporary().length, disk.open.size]).toEqual([1, 1]);
    subscription.unsubscribe();
    // Not yet: its number would be that of the next file that is opened.
    expect([temporary().length, disk.open.size]).toEqual([0, 1]);
    go!();
    await vi.waitFor(() => expect(disk.open.size).toBe(0));
    expect([temporary(), page.isDelivered]).toEqual([[], false]);
    disk.write = disk.fsync = undefined;
  }
});

it('asks for no more pages while many files wait for the disk', async () => {
  const waiting: (() => void)[] = [];
  disk.fsync = (go) => waiting.push(go);
  const source = new Subject<ScanPage<Item>>();
  const files: unknown[] = [];
  const subscription = source.pipe(toCsv({ folder })).subscribe((file) => files.push(file));
  const delivered = (page: ScanPage<Item>): Promise<void> => new Promise((resolve) => page.whenDelivered(resolve));
  let begun = 0;
  // The last page of each has no rows, so that a scan goes on with another range at once.
  for (const of of ranges) {
    const first = scanPage(of, items(0, 3), { lastOfRange: false });
    source.next(first);
    begun++;
    const isDelivered = await Promise.race([
      delivered(first).then(() => true),
      new Promise<boolean>((resolve) => setTimeout(resolve, 100, false)),
    ]);
    if (!isDelivered) break;
    source.next(scanPage(of, [], { seq: 1 }));
    await vi.waitFor(() => expect(waiting.length).toBe(begun));
  }
  expect([begun, disk.open.size]).toEqual([17, 17]);
  waiting.splice(0, 1)[0]!();
  await vi.waitFor(() => expect(files.length).toBe(1));
  subscription.unsubscribe();
  for (const go of waiting) go();
  await vi.waitFor(() => expect(disk.open.size).toBe(0));
  expect(temporary()).toEqual([]);
});

describe('a journal on a disk that is full', () => {
  const advanced = ([first, ...others]: typeof ranges): Advanced[] => {
    return others.length === 0
      ? []
      : [{ range: first!, seq: 0, upto: first!.end, lastOfRange: true }, ...advanced(others)];
  };
  const left = () => lastValueFrom(resume(checkpointFile(join(folder, 'a.journal')), from(ranges)).pipe(toArray()));

  it('has all of a line, though the disk takes it in parts', async () => {
    await left();
    disk.writeSync = (length) => Math.min(length, 7);
    await lastValueFrom(from(advanced(ranges)).pipe(checkpoint(checkpointFile(join(folder, 'a.journal')))));
    disk.writeSync = undefined;
    expect(await left()).toEqual(ranges.slice(-1));
  });

  it('has no half of a line, and can be gone on with', async () => {
    await left();
    let room = 100;
    disk.writeSync = (length) => {
      if (room === 0) {
        // Somebody makes room at that very moment.
        disk.writeSync = undefined;
        throw full();
      }
      const taken = Math.min(length, room);
      room -= taken;
      return taken;
    };
    const store = checkpointFile(join(folder, 'a.journal'));
    const failed = await failureOf(from(advanced(ranges)).pipe(checkpoint(store)));
    expect(failed).toMatchObject({
      code: 'ERR_RXCQL_CHECKPOINT',
      message: expect.stringContaining('ENOSPC') as string,
    });
    const rest = await left();
    expect(rest.length).toBeLessThan(ranges.length);
    await lastValueFrom(from(advanced(ranges)).pipe(checkpoint(store)));
    expect(await left()).toEqual(ranges.slice(-1));
  });

  it('is left without an error when nothing is lost but how far a range had come', async () => {
    const [range] = ranges;
    const notes = { range: range!, seq: 0, upto: 7n, lastOfRange: false };
    disk.writeSync = () => {
      throw full();
    };
    const store = checkpointFile(join(folder, 'a.journal'));
    expect(await lastValueFrom(of(notes).pipe(checkpoint(store, { every: 100_000 })))).toBe(notes);
    NEVER.pipe(startWith(notes), checkpoint(store, { every: 100_000 }))
      .subscribe()
      .unsubscribe();
  });
});

it('has all of what has failed, though the disk takes it in parts', async () => {
  disk.writeSync = (length) => Math.min(length, 7);
  const file = join(folder, 'failed.ndjson');
  const failed: Outcome = { kind: 'failed', record: { id: 1 }, position: 0, error: new Error('no'), attempts: 1 };
  await lastValueFrom(of(failed, failed).pipe(deadLetter(file)));
  const line = '{"position":0,"error":"no","attempts":1,"record":{"id":1}}\n';
  expect(readFileSync(file, 'utf8')).toBe(line + line);
});
