import fc from 'fast-check';
import { ConfigurationError, CqlError, openPagingState, sealPagingState } from 'rxcql';
import { describe, expect, it } from 'vitest';

const SECRET = 'a secret of the program';
const STATE = Buffer.from('040000000106000400000004f07ffffffaf07ffffffa', 'hex');

const failureOf = (action: () => unknown): CqlError => {
  try {
    action();
  } catch (error) {
    return error as CqlError;
  }
  return expect.fail('It did not fail.');
};

describe('a sealed paging state', () => {
  it('is opened as it was, by the same secret and for the same purpose', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.string(),
        fc.string({ minLength: 16 }),
        (state, purpose, secret) => {
          const sealed = sealPagingState(state, secret, purpose);
          expect(sealed).toMatch(/^[\w-]+$/);
          expect(openPagingState(sealed, secret, purpose)).toEqual(Buffer.from(state));
        },
      ),
    );
    const sealed = sealPagingState(STATE, Buffer.from(SECRET), 'q');
    expect(openPagingState(sealed, SECRET, 'q')).toEqual(STATE);
  });

  it('does not show the state, and is not the same twice', () => {
    const sealed = sealPagingState(STATE, SECRET, 'q');
    expect(Buffer.from(sealed, 'base64url').includes(STATE.subarray(0, 8))).toBe(false);
    expect(sealPagingState(STATE, SECRET, 'q')).not.toBe(sealed);
  });

  it('is not opened when any of it was changed, cut or made longer', () => {
    const sealed = sealPagingState(STATE, SECRET, 'q');
    const wrong = Array.from(
      sealed,
      (char, i) => sealed.slice(0, i) + (char === 'A' ? 'B' : 'A') + sealed.slice(i + 1),
    );
    for (const changed of [...wrong, sealed.slice(0, -4), `${sealed}AAAA`, `${sealed}=`, '', 'x', undefined, 5]) {
      const failure = failureOf(() => openPagingState(changed as string, SECRET, 'q'));
      expect(failure).toMatchObject({ code: 'ERR_RXCQL_PAGING_STATE' });
    }
  });

  it('is not opened by another secret, or for another purpose', () => {
    const sealed = sealPagingState(STATE, SECRET, 'orders of Ada');
    for (const [secret, purpose] of [
      ['another secret of it', 'orders of Ada'],
      [SECRET, 'orders of Eve'],
    ] as const) {
      // prettier-ignore
      expect(failureOf(() => openPagingState(sealed, secret, purpose))).toBeInstanceOf(CqlError);
    }
  });

  it.each([undefined, '', 'too short', new Uint8Array(15), 5])('is not made with the secret %s', (secret) => {
    for (const action of [sealPagingState.bind(undefined, STATE), openPagingState.bind(undefined, 'x')]) {
      const failure = failureOf(() => action(secret as string, 'q'));
      expect(failure).toBeInstanceOf(ConfigurationError);
      expect(failure.message).not.toContain('too short');
    }
  });
});
