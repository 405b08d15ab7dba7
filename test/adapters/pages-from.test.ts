import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { concatMap, lastValueFrom, map, mergeMap, Observable, take, tap, timer, toArray } from 'rxjs';
import { ConfigurationError, mergeRows, type Page, pagesFrom, type Pullable } from 'rxcql';
import { describe, expect, it, vi } from 'vitest';
import { outcome, turns } from './support.js';

/** Counts what is pulled out of it, and whether it was ended. */
function counted(total: number, failAt = Infinity) {
  const source = {
    pulled: 0,
    ended: 0,
    *sync() {
      try {
        while (source.pulled < total) {
          if (source.pulled === failAt) throw new Error('The source failed.');
          yield source.pulled++;
        }
      } finally {
        source.ended++;
      }
    },
    async *async() {
      for (const value of source.sync()) {
        await turns(1);
        yield value;
      }
    },
  };
  return source;
}

const pagesOf = <T>(source: Pullable<T> | (() => Pullable<T>), pageSize?: number): Promise<T[][]> =>
  lastValueFrom(
    pagesFrom(source, pageSize === undefined ? {} : { pageSize }).pipe(
      map((page) => page.toArray()),
      toArray(),
    ),
  );

type Kind = (source: ReturnType<typeof counted>) => Pullable<number>;
const KINDS: [string, Kind][] = [
  ['an iterable', (source) => source.sync()],
  ['an async iterable', (source) => source.async()],
  ['a Readable', (source) => Readable.from(source.async(), { highWaterMark: 1 })],
  [
    'a web stream',
    (source) => {
      const iterator = source.async();
      return new ReadableStream<number>(
        {
          async pull(controller) {
            const { done, value } = await iterator.next();
            if (done === true) controller.close();
            else controller.enqueue(value);
          },
          async cancel() {
            await iterator.return();
          },
        },
        { highWaterMark: 0 },
      );
    },
  ],
];

describe.each(KINDS)('pagesFrom %s', (_, make) => {
  it('makes a page of each value, or of as many as are asked for', async () => {
    expect(await pagesOf(make(counted(3)))).toEqual([[0], [1], [2]]);
    expect(await pagesOf(() => make(counted(5)), 2)).toEqual([[0, 1], [2, 3], [4]]);
    expect(await pagesOf(() => make(counted(4)), 2)).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(await pagesOf(make(counted(1)), 100)).toEqual([[0]]);
  });

  it('completes without a page if there is nothing', async () => {
    expect(await pagesOf(make(counted(0)))).toEqual([]);
  });

  it('pulls when a page has been read, and at most a page ahead of the work', async () => {
    const source = counted(60);
    let worked = 0;
    await lastValueFrom(
      pagesFrom(() => make(source), { pageSize: 10 }).pipe(
        concatMap((page) =>
          page.pipe(
            concatMap(() => timer(0)),
            tap(() => {
              worked++;
              // The page that is worked on, the one ahead, and what a stream may have taken ahead by itself.
              expect(source.pulled).toBeLessThanOrEqual(Math.ceil(worked / 10) * 10 + 10 + 2);
            }),
          ),
        ),
      ),
    );
    expect(worked).toBe(60);
  });

  it('stops at a page that is not read', async () => {
    const source = counted(10);
    const seen: Page<number>[] = [];
    const subscription = pagesFrom(() => make(source)).subscribe((page) => seen.push(page));
    await turns(20);
    expect(seen.length).toBe(1);
    expect(source.pulled).toBeLessThanOrEqual(3);
    seen[0]!.skip();
    await turns(20);
    expect(seen.length).toBe(2);
    subscription.unsubscribe();
    await turns(20);
    expect(source.ended).toBe(1);
  });

  it('ends the source when it is left, after any page', async () => {
    for (const pages of [1, 2, 3]) {
      const source = counted(100);
      await lastValueFrom(
        pagesFrom(() => make(source)).pipe(
          take(pages),
          map((page) => page.first()),
        ),
      );
      await turns(20);
      expect(source.ended).toBe(1);
      expect(source.pulled).toBeLessThanOrEqual(pages + 3);
    }
  });

  it('errors with the error of the source, after a page of what came before', async () => {
    for (const failAt of [0, 2, 3]) {
      const seen: number[][] = [];
      const source = pagesFrom(() => make(counted(10, failAt)), { pageSize: 2 }).pipe(
        tap((page) => seen.push(page.toArray())),
      );
      expect(await outcome(lastValueFrom(source))).toBe('rejected: The source failed.');
      expect(seen.flat()).toEqual([0, 1, 2].slice(0, failAt));
    }
  });

  it('is cold: every subscription makes a source of its own, none makes none', async () => {
    const begin = vi.fn(() => make(counted(2)));
    const source = pagesFrom(begin).pipe(mergeMap((page) => page));
    expect(begin).not.toHaveBeenCalled();
    expect(await lastValueFrom(source.pipe(toArray()))).toEqual([0, 1]);
    expect(await lastValueFrom(source.pipe(toArray()))).toEqual([0, 1]);
    expect(begin).toHaveBeenCalledTimes(2);
  });

  it('feeds mergeRows, full all the time', async () => {
    let active = 0;
    let most = 0;
    const work = () =>
      new Observable<never>((subscriber) => {
        most = Math.max(most, ++active);
        return timer(5).subscribe(() => {
          active--;
          subscriber.complete();
        });
      });
    await lastValueFrom(pagesFrom(make(counted(50))).pipe(mergeRows(work, 4)), { defaultValue: undefined });
    expect(most).toBe(4);
  });
});

describe('pagesFrom', () => {
  it('destroys a Readable that does not answer', () => {
    const silent = new PassThrough();
    const subscription = pagesFrom(silent).subscribe();
    expect(silent.destroyed).toBe(false);
    subscription.unsubscribe();
    expect(silent.destroyed).toBe(true);
  });

  it('cancels a web stream that does not answer', () => {
    const cancel = vi.fn();
    const subscription = pagesFrom(new ReadableStream({ cancel })).subscribe();
    subscription.unsubscribe();
    expect(cancel).toHaveBeenCalledOnce();
  });

  it('tells nobody of what goes wrong while a source is being left', async () => {
    const sources: Pullable<number>[] = [
      new ReadableStream<number>({
        cancel: () => Promise.reject(new Error('while leaving')),
      }),
      {
        [Symbol.asyncIterator]: () => ({
          next: () => Promise.resolve({ done: false, value: 1 }),
          return: () => Promise.reject(new Error('while leaving')),
        }),
      },
    ];
    for (const source of sources) pagesFrom(source).subscribe().unsubscribe();
    await turns();
  });

  it('reads a file chunk by chunk, and closes it when it is left', async () => {
    const file = createReadStream(import.meta.filename, { highWaterMark: 100 });
    const closed = once(file, 'close');
    const source = pagesFrom<Buffer>(file).pipe(
      take(2),
      concatMap((page) => page),
      toArray(),
    );
    const chunks = await lastValueFrom(source);
    expect(chunks.map(({ length }) => length)).toEqual([100, 100]);
    await closed;
    expect(file.bytesRead).toBeLessThanOrEqual(400);
  });

  it('errors when a file is not there', async () => {
    const source = pagesFrom(() => createReadStream(`${import.meta.filename}.not`));
    expect(await outcome(lastValueFrom(source))).toContain('ENOENT');
  });

  it('holds back the sender of an HTTP body, and hangs up when it is left', async () => {
    let sent = 0;
    let isGone = false;
    const server = createServer((_request, response) => {
      response.on('close', () => (isGone = true));
      const send = (): void => {
        while (!isGone && response.write(Buffer.alloc(65_536))) sent++;
        if (!isGone) response.once('drain', send);
      };
      send();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}`);

    const subscription = pagesFrom<Uint8Array>(response.body!).subscribe();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = sent;
    await new Promise((resolve) => setTimeout(resolve, 100));
    // What fits into the buffers of both sockets was sent, and nothing since then.
    expect(sent).toBe(before);
    expect(isGone).toBe(false);
    subscription.unsubscribe();
    await vi.waitFor(() => expect(isGone).toBe(true));
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('pulls a million values of an iterable on a flat stack', { timeout: 30_000 }, async () => {
    const source = counted(1_000_000);
    const seen = await lastValueFrom(
      pagesFrom(source.sync()).pipe(
        concatMap((page) => page),
        toArray(),
      ),
    );
    expect(seen.length).toBe(1_000_000);
  });

  it.each([0, -1, 1.5, NaN, Infinity, '2' as unknown as number])('refuses a page size of %s', async (pageSize) => {
    const begin = vi.fn(() => [1]);
    await expect(lastValueFrom(pagesFrom(begin, { pageSize }))).rejects.toThrow(ConfigurationError);
    expect(begin).not.toHaveBeenCalled();
  });

  it('refuses an option that it does not have, and what cannot be pulled', async () => {
    const misspelled = { pagesize: 2 } as object;
    expect(await outcome(lastValueFrom(pagesFrom([1], misspelled)))).toContain('there is "pageSize"');
    for (const nothing of [null, undefined, 5, {}] as unknown as Iterable<number>[]) {
      expect(await outcome(lastValueFrom(pagesFrom(nothing)))).toContain('pagesFrom takes an iterable');
    }
  });

  it('errors with what the function throws, and with the lock of a stream that somebody else reads', async () => {
    const thrower = (): never => {
      throw new Error('not today');
    };
    expect(await outcome(lastValueFrom(pagesFrom(thrower)))).toBe('rejected: not today');
    const locked = new ReadableStream<number>();
    locked.getReader();
    expect(await outcome(lastValueFrom(pagesFrom(locked)))).toContain('locked');
  });

  it('stops pulling in the middle of a page when it is left', async () => {
    const source = counted(1_000);
    const subscription = pagesFrom(source.async(), { pageSize: 100 }).subscribe();
    await turns(5);
    subscription.unsubscribe();
    const { pulled } = source;
    await turns(20);
    expect(source.pulled).toBeLessThanOrEqual(pulled + 1);
    expect(source.ended).toBe(1);
  });

  it('can be left by whoever gets a page, while it is subscribed to', () => {
    const source = counted(1_000);
    pagesFrom(source.sync())
      .pipe(
        concatMap((page) => page),
        take(3),
      )
      .subscribe();
    expect(source).toMatchObject({ pulled: 3, ended: 1 });
  });
});
