import { Observable, of, Subject, throwError } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { DEFAULT_VALUES } from '../../src/codec/value-options.js';
import { PreparedStatement } from '../../src/session/prepared.js';
import { PreparedCache } from '../../src/session/prepared-cache.js';

const statement = (cql: string): PreparedStatement =>
  new PreparedStatement(cql, undefined, {
    kind: 'prepared',
    header: { tracingId: undefined, warnings: [], customPayload: undefined },
    id: Buffer.from(cql),
    metadataId: undefined,
    isMarkedConditional: false,
    parameters: [],
    partitionKey: [],
    values: DEFAULT_VALUES,
    described: undefined,
  });

function fill(cache: PreparedCache, ...texts: readonly string[]): void {
  for (const cql of texts) cache.obtain(undefined, cql, () => of(statement(cql))).subscribe();
}

const held = (cache: PreparedCache, texts: string): string =>
  texts
    .split('')
    .filter((cql) => cache.get(undefined, cql) !== undefined)
    .join('');

describe('the prepared statements of a session', () => {
  it('are prepared once, however many ask at a time', () => {
    const cache = new PreparedCache(10, () => undefined);
    const answer = new Subject<PreparedStatement>();
    const prepare = vi.fn(() => answer);
    const found: unknown[] = [];
    for (let i = 0; i < 3; i++) cache.obtain('ks', 'q', prepare).subscribe((value) => found.push(value));
    expect(cache.get('ks', 'q')).toBeUndefined();
    answer.next(statement('q'));
    answer.complete();
    cache.obtain('ks', 'q', prepare).subscribe((value) => found.push(value));
    expect(prepare).toHaveBeenCalledOnce();
    expect(found.length).toBe(4);
    expect(new Set(found)).toEqual(new Set([cache.get('ks', 'q')]));
  });

  it('are other ones in another keyspace', () => {
    const cache = new PreparedCache(10, () => undefined);
    cache.obtain('a', 'q', () => of(statement('q'))).subscribe();
    expect(cache.get('b', 'q')).toBeUndefined();
    expect(cache.get(undefined, 'q')).toBeUndefined();
  });

  it('are not kept when preparing them failed', () => {
    const cache = new PreparedCache(10, () => undefined);
    const error = vi.fn();
    cache.obtain(undefined, 'q', () => throwError(() => new Error('refused'))).subscribe({ error });
    expect(error).toHaveBeenCalledOnce();
    fill(cache, 'q');
    expect(held(cache, 'q')).toBe('q');
  });

  it('are given up when nobody waits for them any more', () => {
    const cache = new PreparedCache(10, () => undefined);
    const left = vi.fn();
    const prepare = () => new Observable<PreparedStatement>(() => left);
    const waiting = [
      cache.obtain(undefined, 'q', prepare).subscribe(),
      cache.obtain(undefined, 'q', prepare).subscribe(),
    ];
    waiting[0]!.unsubscribe();
    expect(left).not.toHaveBeenCalled();
    waiting[1]!.unsubscribe();
    expect(left).toHaveBeenCalledOnce();
    fill(cache, 'q');
    expect(held(cache, 'q')).toBe('q');
  });

  it('make room for new ones, those first that were not used', () => {
    const cache = new PreparedCache(3, () => undefined);
    fill(cache, 'a', 'b', 'c', 'd');
    expect(held(cache, 'abcd')).toBe('bcd');
    const other = new PreparedCache(3, () => undefined);
    fill(other, 'a', 'b', 'c', 'd');
    other.get(undefined, 'b');
    fill(other, 'e');
    expect(held(other, 'bcde')).toBe('bde');
  });

  it('are told of when they make room', () => {
    const evicted: string[] = [];
    const cache = new PreparedCache(2, (cql) => evicted.push(cql));
    fill(cache, 'a', 'b', 'c');
    cache.get(undefined, 'b');
    fill(cache, 'd');
    expect(evicted).toEqual(['a', 'c']);
  });

  it('are forgotten where something has changed, and leave their places', () => {
    const cache = new PreparedCache(3, () => expect.fail('Nothing had to make room.'));
    fill(cache, 'a', 'b', 'c');
    cache.forget(({ cql }) => cql !== 'b');
    expect(held(cache, 'abc')).toBe('b');
    expect([...cache].map(({ cql }) => cql)).toEqual(['b']);
    fill(cache, 'd', 'a');
    expect(held(cache, 'abcd')).toBe('abd');
  });

  it('never grow beyond their number, whatever is asked', () => {
    const cache = new PreparedCache(5, () => undefined);
    for (let i = 0; i < 1_000; i++) fill(cache, `q${i % 17}`);
    const texts = Array.from({ length: 17 }, (_, i) => `q${i}`);
    expect(texts.filter((cql) => cache.get(undefined, cql) !== undefined).length).toBe(5);
  });
});
