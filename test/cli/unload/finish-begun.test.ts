import { EMPTY, NEVER, of, Subject, throwError } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import type { ScanPage } from 'rxcql/etl';
import { finishBegun } from '../../../src/cli/unload/finish-begun.js';
import { range, scanPage } from '../../etl/files/support.js';

const A = range(0n, 10n);
const B = range(10n, 20n);
const C = range(20n, 30n);

function observed(source = new Subject<ScanPage<number>>(), stopping = new Subject<void>()) {
  const seen: string[] = [];
  const subscription = source.pipe(finishBegun(stopping)).subscribe({
    next: ({ range: { id }, seq }) => seen.push(`${id} ${seq}`),
    error: (error: Error) => seen.push(error.message),
    complete: () => seen.push('complete'),
  });
  return { seen, source, stopping, subscription };
}

const page = (of: typeof A, seq: number, lastOfRange: boolean) => scanPage([A, B, C].find((one) => one === of)!, [seq], { seq, lastOfRange }); // prettier-ignore

describe('finishBegun', () => {
  it('passes all pages on while nobody wants an end', () => {
    const { seen, source } = observed();
    for (const one of [page(A, 0, false), page(B, 0, true), page(A, 1, true)]) source.next(one);
    source.complete();
    expect(seen).toEqual([`${A.id} 0`, `${B.id} 0`, `${A.id} 1`, 'complete']);
  });

  it('reads what is begun to its end, nothing else, and completes', () => {
    const { seen, source, stopping } = observed();
    source.next(page(A, 0, false));
    source.next(page(B, 0, false));
    stopping.next();
    const other = page(C, 0, true);
    const delivered = vi.fn();
    other.whenDelivered(delivered);
    source.next(other);
    source.next(page(A, 1, true));
    source.next(page(B, 1, false));
    expect(source.observed).toBe(true);
    source.next(page(B, 2, true));
    expect(seen).toEqual([`${A.id} 0`, `${B.id} 0`, `${A.id} 1`, `${B.id} 1`, `${B.id} 2`, 'complete']);
    expect([source.observed, stopping.observed]).toEqual([false, false]);
    expect(delivered).not.toHaveBeenCalled();
  });

  it('waits for no range that cannot be read', () => {
    const { seen, source, stopping } = observed();
    source.next(page(A, 0, false));
    stopping.next();
    source.next(scanPage(A, [], { seq: 1, lastOfRange: false, error: new Error('lost') }));
    expect(seen).toEqual([`${A.id} 0`, `${A.id} 1`, 'complete']);
  });

  it('completes at once where nothing is begun, or somebody wanted an end before', () => {
    const { seen, source, stopping } = observed();
    source.next(page(A, 0, true));
    stopping.next();
    expect(seen).toEqual([`${A.id} 0`, 'complete']);
    const complete = vi.fn();
    NEVER.pipe(finishBegun(of(undefined))).subscribe({ complete });
    expect(complete).toHaveBeenCalledOnce();
  });

  it('ends and fails as its source does, and leaves it when it is left', () => {
    const complete = vi.fn();
    EMPTY.pipe(finishBegun(NEVER)).subscribe({ complete });
    expect(complete).toHaveBeenCalledOnce();
    const error = vi.fn();
    throwError(() => new Error('lost')).pipe(finishBegun(NEVER)).subscribe({ error }); // prettier-ignore
    expect(error).toHaveBeenCalledExactlyOnceWith(new Error('lost'));
    const { source, stopping, subscription } = observed();
    subscription.unsubscribe();
    expect([source.observed, stopping.observed]).toEqual([false, false]);
  });
});
