import { inspect } from 'node:util';
import { createSession } from 'rxcql';
import { afterEach, describe, expect, it, vi } from 'vitest';

const make = (tls: unknown) => () => createSession({ contactPoints: ['localhost'], tls: tls as never });

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the option tls', () => {
  it.each([
    ['false', false, 'is true, or an object of options; leave it out for none'],
    ['an unknown property', { cacert: '' }, 'The options of "tls" have no option "cacert".'],
    ['what Node would do without verification', { rejectUnauthorized: false }, 'dangerouslyDisableVerification'],
    ['TLS 1.1', { minVersion: 'TLSv1.1' }, '"minVersion" must be "TLSv1.2" or "TLSv1.3"'],
    ['TLS 1.0 by its old name', { secureProtocol: 'TLSv1_method' }, '"minVersion" here'],
    ['another host', { host: 'example.org' }, 'cannot have "host"'],
    ['a session', { session: Buffer.alloc(1) }, 'cannot have "session"'],
    ['a socket', { socket: {} }, 'cannot have "socket"'],
    ['identity that is no function', { identity: 'node1' }, '"identity" must be a function'],
    ['a certificate that is none', { cert: 'nothing', key: 'nothing' }, /cannot be read.* and not its path\.$/],
    ['a certificate without its key', { cert: 'nothing' }, 'has a "cert" without its "key"'],
    ['the path of an authority', { ca: '/etc/ssl/ca.pem' }, 'is no certificate in PEM: give what is in the file'],
    ['paths of authorities', { ca: [Buffer.from('ca.pem')] }, 'is no certificate in PEM: give what is in the file'],
  ])('refuses %s', (_, tls, message) => {
    expect(make(tls)).toThrow(message);
  });

  it('takes what Node takes', () => {
    expect(make(true)).not.toThrow();
    expect(make({ minVersion: 'TLSv1.3', ciphers: 'TLS_AES_128_GCM_SHA256', rejectUnauthorized: true })).not.toThrow();
    expect(make(() => ({}))).not.toThrow();
  });

  it('says once for a session that nothing is verified', () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    make({ dangerouslyDisableVerification: true })();
    expect(warned).toHaveBeenCalledOnce();
    expect(warned.mock.calls[0]![1]).toEqual({ type: 'RxcqlWarning', code: 'RXCQL_TLS_UNVERIFIED' });
  });

  it.each([
    [{ key: 'canary-7f3a91', passphrase: 987_654_321 }, 'see `passphrase`'],
    [{ key: 'canary-7f3a91', passphrase: 'canary-7f3a91' }, 'cannot be read'],
    [{ pfx: 'canary-7f3a91', passphrase: 'canary-7f3a91' }, 'cannot be read'],
  ])('does not say which secret it cannot read', (tls, message) => {
    try {
      make(tls)();
      expect.fail('It was taken.');
    } catch (error) {
      expect(String(error)).toContain(message);
      expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/canary|987/);
    }
  });
});
