import { inspect } from 'node:util';
import { firstValueFrom } from 'rxjs';
import { createSession } from 'rxcql';
import { describe, expect, it } from 'vitest';
import { loginOf } from '../../src/session/auth-options.js';

const make = (auth: unknown) => () => createSession({ contactPoints: ['localhost'], auth: auth as never });

describe('the option auth', () => {
  it.each([
    ['nobody', {}, 'needs a username and a password'],
    ['half of the credentials', { username: 'ada' }, 'needs a username and a password'],
    ['a password that is no string', { username: 'ada', password: 12345 }, '"password" must be a string.'],
    ['an unknown property', { usernam: 'a', password: 'b' }, 'Did you mean "username"?'],
    ['classes that are no list', { username: 'a', password: 'b', classes: 'c' }, 'an array of Java classes'],
    ['text', 'ada', 'must be an object'],
    ['an authenticator that cannot answer', { initialResponse: 'token' }, '"auth.initialResponse" must be a function'],
    ['a challenge that is no function', { initialResponse: () => [null], challenge: 1 }, '"auth.challenge"'],
  ])('refuses %s', (_, auth, message) => {
    expect(make(auth)).toThrow(message);
  });

  it('takes an instance of a class', () => {
    class Token {
      readonly more = 1;
      initialResponse(): readonly null[] {
        return [null];
      }
    }
    expect(make(new Token())).not.toThrow();
  });

  it('does not show the password, neither what is wrong about it', async () => {
    const auth = { username: 'ada', password: 'open sesame' };
    const login = loginOf(auth);
    const session = make(auth)();
    const mechanism = await firstValueFrom(login.mechanism());
    for (const secret of [login, session, mechanism]) {
      const shown = `${inspect(secret, { depth: 9, showHidden: true })} ${JSON.stringify(secret)}`;
      expect(shown).not.toContain('sesame');
    }
    expect(JSON.stringify(mechanism)).toBe('"[redacted]"');
    const wrong = make({ username: 'ada', password: 987_654_321 });
    expect(wrong).not.toThrow('987654321');
  });
});
