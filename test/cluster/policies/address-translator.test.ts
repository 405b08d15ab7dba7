import { EMPTY, NEVER, type Observable, Observable as Source, of, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it, vi } from 'vitest';
import { type AddressTranslator, translate } from '../../../src/cluster/policies/address-translator.js';
import { ConfigurationError, ConnectionError } from '../../../src/errors.js';

const inside = { host: '10.0.0.1', port: 9042 };
const outside = { host: 'db.example.com', port: 19_042 };

/** What an Observable that is done at once gave. */
function outcome(observable: Observable<unknown>): unknown[] {
  const seen: unknown[] = [];
  observable.subscribe({
    next: (value) => seen.push(value),
    error: (error: unknown) => seen.push(error),
    complete: () => seen.push('done'),
  });
  return seen;
}

const ask = (translator: AddressTranslator): unknown[] => outcome(translate(translator, inside, 1_000));

describe('an address translator', () => {
  it('is given the address, and may answer at once', () => {
    const translator = vi.fn<AddressTranslator>(() => outside);
    expect(ask(translator)).toEqual([outside, 'done']);
    expect(translator.mock.calls).toEqual([[inside]]);
  });

  it('is asked anew at each subscription, and not before', () => {
    const translator = vi.fn<AddressTranslator>(() => outside);
    const asking = translate(translator, inside, 1_000);
    expect(translator).not.toHaveBeenCalled();
    outcome(asking);
    outcome(asking);
    expect(translator).toHaveBeenCalledTimes(2);
  });

  it.each<[string, AddressTranslator]>([
    ['an Observable', () => of(outside)],
    ['an array', () => [outside]],
    [
      'a generator',
      function* () {
        yield outside;
      },
    ],
  ])('may answer with %s', (_, translator) => {
    expect(ask(translator)).toEqual([outside, 'done']);
  });

  it('may answer with a promise', async () => {
    const asking = translate(() => Promise.resolve(outside), inside, 1_000);
    await new Promise<void>((resolve) => asking.subscribe({ complete: resolve }));
  });

  it('is left after its first answer, and when nobody waits any more', () => {
    const leave = vi.fn();
    const source = new Source<typeof outside>((subscriber) => {
      subscriber.next(outside);
      return leave;
    });
    expect(ask(() => source)).toEqual([outside, 'done']);
    expect(leave).toHaveBeenCalledOnce();
    translate(() => new Source<never>(() => leave), inside, 1_000)
      .subscribe()
      .unsubscribe();
    expect(leave).toHaveBeenCalledTimes(2);
  });

  it.each<[string, AddressTranslator, string]>([
    [
      'throws',
      () => {
        throw new Error('no idea.');
      },
      'no idea.',
    ],
    ['errors', () => throwError(() => new Error('no idea.')), 'no idea.'],
    ['throws what is no error', () => throwError(() => 7), 'What was thrown is no error.'],
    ['has no answer', () => EMPTY, 'There was no answer.'],
  ])('that %s makes the connecting fail', (_, translator, reason) => {
    const [error] = ask(translator);
    expect(error).toBeInstanceOf(ConnectionError);
    expect((error as Error).message).toBe(`The address translator failed for 10.0.0.1:9042: ${reason}`);
    expect((error as ConnectionError).host).toBe('10.0.0.1:9042');
  });

  it('is waited for no longer than the limit', () => {
    new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(({ expectObservable }) => {
      const error = new ConnectionError(
        '10.0.0.1:9042',
        'The address translator failed for 10.0.0.1:9042: There was no answer within 5 ms.',
      );
      expectObservable(translate(() => NEVER, inside, 5)).toBe('5ms #', undefined, error);
    });
  });

  it.each([undefined, null, 7, 'db', [7], [null], [{ host: 'db' }], { host: '', port: 1 }, { host: 'db', port: 0 }])(
    'may not answer %j',
    (answer) => {
      const [error] = ask(() => answer as never);
      expect(error).toBeInstanceOf(ConfigurationError);
      expect((error as Error).message).toContain('must give { host, port }');
    },
  );
});
