import { concatMap, defer, EMPTY, of, throwError, toArray } from 'rxjs';
import { ConfigurationError, CqlError, type Page } from 'rxcql';
import { page, queryFrom, queryOf } from 'rxcql/testing';
import { describe, expect, it, vi } from 'vitest';

describe('page()', () => {
  it('has the characters of a text as rows', () => {
    expect(page('ab').toArray()).toEqual(['a', 'b']);
    expect(page('a😀').toArray()).toEqual(['a', '😀']);
    expect(page('').rowCount).toBe(0);
  });

  it('has the items of an array as rows', () => {
    expect(page([{ id: 1 }]).one().id).toBe(1);
  });

  it('promises more with a paging state, and only then', () => {
    expect(page('a')).toMatchObject({ hasMorePages: false, pagingState: undefined });
    expect(page('a', { more: true })).toMatchObject({ hasMorePages: true, pagingState: expect.any(Buffer) as Buffer });
    const pagingState = Buffer.from('here');
    expect(page('a', { pagingState })).toMatchObject({ hasMorePages: true, pagingState });
  });

  it('has the rest of what a page has', () => {
    expect(page('', { wasApplied: false, warnings: ['slow'] })).toMatchObject({
      wasApplied: false,
      warnings: ['slow'],
    });
  });

  it('refuses what is no option, and no rows', () => {
    expect(() => page('ab', { mor: true } as never)).toThrow('Did you mean "more"?');
    expect(() => page(5 as never)).toThrow(ConfigurationError);
  });

  it('may have a row that cannot be read, after the others', () => {
    const error = new Error('damaged');
    const events: unknown[] = [];
    const broken = page('ab', { error });
    expect(broken.rowCount).toBe(3);
    broken.subscribe({ next: (row) => events.push(row), error: (reason: unknown) => events.push(reason) });
    expect(events).toEqual(['a', 'b', error]);
  });
});

describe('queryOf()', () => {
  it('subscribes to a fetch when the page before has been read', () => {
    const second = vi.fn(() => of(page('b')));
    const seen: Page<string>[] = [];
    const complete = vi.fn();
    queryOf(of(page('a', { more: true })), defer(second)).subscribe({ next: (rows) => seen.push(rows), complete });
    expect(second).not.toHaveBeenCalled();
    seen[0]!.skip();
    expect(second).toHaveBeenCalledOnce();
    expect(seen.map((rows) => rows.toArray())).toEqual([['a'], ['b']]);
    expect(complete).toHaveBeenCalledOnce();
  });

  it('begins anew with every subscription, with pages that nobody has read', () => {
    const second = vi.fn(() => of(page('b')));
    const query = queryOf(of(page('a', { more: true })), defer(second));
    query.pipe(concatMap((rows) => rows)).subscribe();
    query.subscribe();
    expect(second).toHaveBeenCalledOnce();
  });

  it('keeps what else a page has', () => {
    const next = vi.fn();
    queryOf(of(page('', { wasApplied: true, warnings: ['slow'] }))).subscribe(next);
    expect(next.mock.lastCall?.[0]).toMatchObject({ wasApplied: true, warnings: ['slow'] });
  });

  it('errors where a page promises more than there is', () => {
    const error = vi.fn();
    queryOf(of(page('', { more: true }))).subscribe({ error });
    expect(error.mock.lastCall?.[0]).toEqual(
      new RangeError('There is no fetch 2: page 1 says that others follow, but no fetch brings them.'),
    );
    queryOf().subscribe({ error });
    expect(error.mock.lastCall?.[0]).toEqual(new RangeError('A query needs a fetch: queryOf() was given none.'));
  });

  it('errors where a fetch brings nothing, or no page', () => {
    const error = vi.fn();
    queryOf(EMPTY).subscribe({ error });
    expect(error.mock.lastCall?.[0]).toMatchObject({ code: 'ERR_RXCQL_NO_CHUNK' });
    queryOf<string>([{ rows: [] } as never]).subscribe({ error });
    expect(error.mock.lastCall?.[0]).toEqual(
      new TypeError('A fetch of queryOf() brought something else than a page().'),
    );
  });
});

describe('queryFrom()', () => {
  const fails = throwError(() => new CqlError('ERR_RXCQL_REQUEST_TIMEOUT', 'Too late.'));
  const first = of(page('a', { more: true }));
  const rowsOf = (query: ReturnType<typeof queryOf<string>>): unknown[] => {
    const events: unknown[] = [];
    query.pipe(concatMap((rows) => rows.pipe(toArray()))).subscribe({
      next: (rows) => events.push(rows.join('')),
      error: (error: unknown) => events.push(error),
    });
    return events;
  };

  it('goes on after a page', () => {
    let pagingState: Buffer | undefined;
    queryOf(first, of(page('b'))).subscribe((rows) => (pagingState ??= rows.pagingState));
    expect(rowsOf(queryFrom(pagingState, first, of(page('b'))))).toEqual(['b']);
  });

  it('goes on after an error', () => {
    const [rows, error] = rowsOf(queryOf(first, fails)) as [string, CqlError];
    expect(rows).toBe('a');
    expect(Object.keys(error)).not.toContain('pagingState');
    expect(rowsOf(queryFrom(error.pagingState, first, of(page('b'))))).toEqual(['b']);
    expect(rowsOf(queryFrom(error.pagingState, first, fails))).toMatchObject([{ pagingState: error.pagingState }]);
  });

  it('begins at the beginning without a paging state, which a failed first fetch has not', () => {
    const [error] = rowsOf(queryOf(fails)) as [CqlError];
    expect(error.pagingState).toBeUndefined();
    expect(rowsOf(queryFrom(error.pagingState, first, of(page('b'))))).toEqual(['a', 'b']);
  });

  it('does not take the paging state of one subscription for that of another', () => {
    const one = throwError(() => shared);
    const shared = new CqlError('ERR_RXCQL_REQUEST_TIMEOUT', 'Too late.');
    rowsOf(queryOf(first, one));
    expect(shared.pagingState).toBeInstanceOf(Buffer);
    rowsOf(queryOf(one));
    expect(shared.pagingState).toBeUndefined();
  });

  it('errors with a paging state of something else', () => {
    expect(rowsOf(queryFrom(Buffer.from('x'), first))).toMatchObject([{ name: 'TypeError' }]);
  });
});
