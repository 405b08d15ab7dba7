import { describe, expect, it } from 'vitest';
import { unreachable } from '../../src/cluster/unreachable.js';
import { AuthenticationError, ConnectionError, NoHostAvailableError } from '../../src/errors.js';

describe('unreachable', () => {
  it('is the cause that is the same everywhere', () => {
    const cause = new AuthenticationError('no');
    expect(unreachable(new Map([['a:1', [cause]]]))).toBe(cause);
    expect(
      unreachable(
        new Map([
          ['a:1', [cause]],
          ['b:1', [new AuthenticationError('nor here')]],
        ]),
      ),
    ).toBe(cause);
  });

  it.each<[string, Error[], Error[]]>([
    ['is another elsewhere', [new AuthenticationError('no')], [new ConnectionError('b:1', 'away')]],
    ['is not known elsewhere', [new AuthenticationError('no')], []],
    ['may not be the same elsewhere', [new ConnectionError('a:1', 'away')], [new ConnectionError('b:1', 'away')]],
  ])('has all causes where the first %s', (_, first, second) => {
    const errors = new Map([
      ['a:1', first],
      ['b:1', second],
    ]);
    const error = unreachable(errors);
    expect(error).toBeInstanceOf(NoHostAvailableError);
    expect(error).toMatchObject({ errors });
  });
});
