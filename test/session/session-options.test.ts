import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/errors.js';
import { parseContactPoint, sessionSettings } from '../../src/session/session-options.js';

describe('a contact point', () => {
  it.each([
    ['localhost', 'localhost', 9042],
    ['localhost:19042', 'localhost', 19_042],
    ['10.0.0.1', '10.0.0.1', 9042],
    ['10.0.0.1:1', '10.0.0.1', 1],
    ['::1', '::1', 9042],
    ['2001:db8::1', '2001:db8::1', 9042],
    ['[::1]', '::1', 9042],
    ['[::1]:19042', '::1', 19_042],
  ])('%s is host and port', (point, host, port) => {
    expect(parseContactPoint(point, 9042)).toEqual({ host, port });
  });

  it.each([
    ['host:'],
    ['host:0'],
    ['host:65536'],
    ['host:port'],
    [':9042'],
    ['a b'],
    ['[::1'],
    ['[]:1'],
    ['http://host:1'],
  ])('%s is none', (point) => {
    expect(() => parseContactPoint(point, 9042)).toThrow(ConfigurationError);
  });
});

describe('the defaults', () => {
  it('are those of the documentation', () => {
    const settings = sessionSettings({ contactPoints: ['localhost'] });
    expect(settings).toMatchObject({
      connectTimeout: 5_000,
      handshakeTimeout: 10_000,
      heartbeat: { idle: 15_000, timeout: 5_000 },
      maxRequestsPerConnection: 1_024,
      maxConcurrent: 8_192,
      maxQueue: 10_000,
      protocolVersion: undefined,
      compression: undefined,
      request: { consistency: 6, serialConsistency: 9, pageSize: 5_000, timeout: undefined },
    });
  });

  it('are of no algorithm but LZ4 where compression is asked for', () => {
    expect(sessionSettings({ contactPoints: ['x'], compression: 'lz4' }).compression?.name).toBe('lz4');
    for (const compression of ['snappy', '', true]) {
      expect(() => sessionSettings({ contactPoints: ['x'], compression: compression as 'lz4' })).toThrow(
        ConfigurationError,
      );
    }
  });

  it('do not show the password', () => {
    const { credentials } = sessionSettings({
      contactPoints: ['x'],
      auth: { username: 'ada', password: 'open sesame' },
    });
    expect(JSON.stringify(credentials)).not.toContain('sesame');
    expect(Object.values(credentials!)).toEqual([false]);
  });
});
