import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as Zlib from 'node:zlib';
import { deflateSync } from 'node:zlib';
import { concatMap, lastValueFrom, toArray } from 'rxjs';
import { FileError, fromCsv } from 'rxcql/etl';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFolders } from './support.js';

// zstd by a decompressor of Node that all of its versions have: it is made of the same class, and as silent about what it leaves.
vi.mock('node:zlib', async (original) => {
  const zlib = await original<typeof Zlib>();
  const others = { zstdCompressSync: undefined, zstdDecompressSync: undefined };
  return { ...zlib, ...others, createZstdDecompress: (options: object) => zlib.createInflate(options) };
});

const folder = temporaryFolders();

function rowsOf(...frames: string[]): Promise<unknown[]> {
  const path = join(folder(), 'a.csv.zst');
  writeFileSync(path, Buffer.concat(frames.map((text) => deflateSync(text))));
  return lastValueFrom(
    fromCsv(path).pipe(
      concatMap((page) => page),
      toArray(),
    ),
  );
}

describe('a file compressed by zstd', () => {
  it('is read', async () => {
    expect(await rowsOf('n\n1\n2\n')).toEqual([{ n: '1' }, { n: '2' }]);
  });

  it('of several frames is an error, after what the first has', async () => {
    const reading = rowsOf('n\n1\n', '2\n');
    await expect(reading).rejects.toBeInstanceOf(FileError);
    await expect(reading).rejects.toThrow('a.csv.zst is compressed by zstd in several frames');
  });
});
