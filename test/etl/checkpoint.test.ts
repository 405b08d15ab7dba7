import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { concat, EMPTY, from, lastValueFrom, NEVER, of, throwError, toArray } from 'rxjs';
import { type Advanced, checkpoint, checkpointFile, type CheckpointStore, resume, type TokenRange } from 'rxcql/etl';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { TokenIntervals } from '../../src/etl/token-intervals.js';
import { rangeId, RING_SIZE, RING_START, tokensIn } from '../../src/etl/token-range.js';
import { failureOf } from '../support/served-session.js';

const folder = mkdtempSync(join(tmpdir(), 'rxcql-checkpoint-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let path: string;
let count = 0;
beforeEach(() => {
  path = join(folder, `${count++}`, 'a.journal');
});

const range = (start: bigint, end: bigint): TokenRange => {
  return { id: rangeId(start, end), start, end, replicas: [], fraction: 0.5 };
};
const [low, high] = [range(RING_START, 0n), range(0n, RING_START)];
const plan = of(low, high);
const left = (store: CheckpointStore, of = plan): Promise<TokenRange[]> =>
  lastValueFrom(resume(store, of).pipe(toArray()));
const at = (of: TokenRange, seq: number, upto: bigint): Advanced => {
  return { range: of, seq, upto, lastOfRange: upto === of.end };
};
const pass = (
  store: CheckpointStore,
  advanced: readonly Advanced[],
  options?: { every?: number },
): Promise<Advanced[]> => lastValueFrom(from(advanced).pipe(checkpoint(store, options), toArray()));

describe('checkpoint() and resume()', () => {
  it('go on with what is left', async () => {
    const store = checkpointFile(path);
    expect(await left(store)).toEqual([low, high]);
    const all = [at(high, 0, 5n), at(low, 0, -7n), at(high, 1, high.end)];
    expect(await pass(store, all)).toEqual(all);
    expect(await left(checkpointFile(path))).toMatchObject([{ start: -7n, end: 0n, fraction: 7 / 2 ** 64 }]);
    await left(store);
    await pass(store, [at(range(-7n, 0n), 0, 0n)]);
    expect(await left(store)).toEqual([]);
  });

  it('go on with another plan: what is done is known by its tokens', async () => {
    const store = checkpointFile(path);
    await left(store);
    await pass(store, [at(low, 0, -100n), at(high, 0, 100n)]);
    expect(await left(store, of(range(50n, 50n)))).toMatchObject([
      { start: 100n, end: RING_START },
      { start: -100n, end: 0n },
    ]);
  });

  it('take nothing for done that comes before what is not', async () => {
    const store = checkpointFile(path);
    await left(store);
    await pass(store, [at(low, 2, 0n), at(low, 0, -100n)]);
    expect(await left(store)).toMatchObject([{ start: -100n, end: 0n }, high]);
    await left(store);
    await pass(store, [at(high, 1, high.end)]);
    expect(await left(store)).toMatchObject([{ start: -100n }, high]);
  });

  it('note whole ranges only, if that is what is wanted', async () => {
    const store = checkpointFile(path);
    await left(store);
    await pass(store, [at(low, 0, -100n), at(high, 0, high.end)], { every: Infinity });
    expect(await left(store)).toEqual([low]);
  });

  it('have the end of a range on the disk before it is passed on, and what is in between now and then', async () => {
    const store = checkpointFile(path);
    await left(store);
    const lines = (): number => readFileSync(path, 'utf8').split('\n').length - 2;
    const seen: number[] = [];
    const advanced = from([at(low, 0, -100n), at(low, 1, -50n), at(low, 2, 0n), at(high, 0, 50n)]);
    await lastValueFrom(
      advanced.pipe(checkpoint(store), (source) => (source.subscribe(() => seen.push(lines())), source)),
    );
    expect(seen).toEqual([0, 0, 1, 1]);
  });

  it('note what is done when the source fails, or it is left, and error with the error of either', async () => {
    const store = checkpointFile(path);
    await left(store);
    const mine = new Error('mine');
    const failing = concat(of(at(low, 0, -9n)), throwError(() => mine)); // prettier-ignore
    expect(await failureOf(failing.pipe(checkpoint(store)))).toBe(mine);
    expect(await left(store)).toMatchObject([{ start: -9n }, high]);
    const broken = {
      ...store,
      append: () => expect.fail('full'),
      close: () => undefined,
    } as unknown as CheckpointStore;
    expect((await failureOf(of(at(high, 0, high.end)).pipe(checkpoint(broken)))).message).toBe('full');
    NEVER.pipe(checkpoint(store)).subscribe().unsubscribe();
    expect(await lastValueFrom(EMPTY.pipe(checkpoint(store)), { defaultValue: 0 })).toBe(0);
    expect((await failureOf(EMPTY.pipe(checkpoint(store, { every: -1 })))).message).toContain('"every"');
  });

  it('survive a line that was cut off, at any byte', async () => {
    const store = checkpointFile(path);
    await left(store);
    await pass(store, [at(low, 0, 0n)]);
    const whole = readFileSync(path);
    await pass(store, [at(high, 0, high.end)]);
    const size = readFileSync(path).length;
    for (let length = whole.length; length < size; length += 7) {
      writeFileSync(path, readFileSync(path).subarray(0, whole.length));
      appendFileSync(path, '{"start":"0","upto":"-9223372036854775808","end":"0"}'.slice(0, length - whole.length));
      expect(await left(checkpointFile(path))).toEqual([high]);
    }
    truncateSync(path, 0);
    expect(await left(checkpointFile(path))).toEqual([low, high]);
    expect(existsSync(`${path}.tmp`)).toBe(false);
  });

  it('leave the journal as it was when beginning anew does not come to its end', async () => {
    const store = checkpointFile(path);
    await left(store);
    await pass(store, [at(low, 0, 0n)]);
    writeFileSync(`${path}.tmp`, 'half');
    expect(await left(checkpointFile(path))).toEqual([high]);
  });

  it('refuse the journal of other work, and one that is damaged', async () => {
    const store = checkpointFile(path);
    await lastValueFrom(resume(store, plan, { from: 'ks.a', to: 'ks.b' }));
    const other = await failureOf(resume(checkpointFile(path), plan, { from: 'ks.a', to: 'ks.c' }));
    expect(other).toMatchObject({ code: 'ERR_RXCQL_CHECKPOINT' });
    expect(other.message).toContain('something else: to differ');
    expect((await lastValueFrom(resume(store, plan, { to: 'ks.b', from: 'ks.a' }))).id).toBe(high.id);
    for (const line of [
      '{"start":"x","upto":"1"}\n',
      'nothing\n',
      '5\n',
      '{"start":"0","upto":"99999999999999999999"}\n',
    ]) {
      writeFileSync(path, `{}\n${line}`);
      expect(await failureOf(resume(checkpointFile(path), plan))).toMatchObject({ code: 'ERR_RXCQL_CHECKPOINT' });
    }
  });

  it('say that the journal cannot be written', async () => {
    writeFileSync(folder + '/file', '');
    const error = await failureOf(resume(checkpointFile(join(folder, 'file', 'a.journal')), plan));
    expect(error).toMatchObject({ code: 'ERR_RXCQL_CHECKPOINT' });
    expect(error.message).toContain('could not be written: E');
  });

  it('wait for a plan that does not come, and pass its error on', async () => {
    const next = vi.fn();
    resume(checkpointFile(path), NEVER).subscribe(next).unsubscribe();
    expect(next).not.toHaveBeenCalled();
    const mine = new Error('mine');
    expect(
      await failureOf(
        resume(
          checkpointFile(path),
          throwError(() => mine),
        ),
      ),
    ).toBe(mine);
  });
});

describe('parts of the ring', () => {
  const token = fc.oneof(fc.bigInt({ min: RING_START, max: -RING_START - 1n }), fc.constantFrom(RING_START, -1n, 0n));
  const span = fc.tuple(token, token);

  it('and what is missing of them are the ring, and have nothing in common', () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 12 }), token, (spans, from) => {
        const parts = new TokenIntervals();
        for (const [start, end] of spans) parts.add(start, end);
        const missing = parts.missing(from, from);
        const sum = (of: readonly { start: bigint; end: bigint }[]): bigint =>
          of.reduce((total, { start, end }) => total + tokensIn(start, end), 0n);
        expect(sum(missing) + sum(parts.ranges)).toBe(RING_SIZE);
        for (const { start, end } of missing) parts.add(start, end);
        expect(parts.ranges).toEqual([{ start: RING_START, end: RING_START }]);
        expect(parts.missing(from, from)).toEqual([]);
      }),
    );
  });
});
