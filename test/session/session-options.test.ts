import { constantSpeculation, defaultRetry, exponentialReconnection, monotonicTimestamps, tokenAware } from 'rxcql';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/errors.js';
import { FOREIGN_QUERY_OPTIONS, FOREIGN_SESSION_OPTIONS } from '../../src/session/foreign-options.js';
import { querySettings } from '../../src/session/request-options.js';
import { parseContactPoint } from '../../src/session/contact-points.js';
import { sessionSettings } from '../../src/session/session-options.js';

describe('a contact point', () => {
  it.each(['cassandra://ada:sesame@db1:9042', 'ada:sesame@db1', 'ada@db1', 'db1/sesame'])(
    'is no URL: %s is refused, and not repeated',
    (point) => {
      const make = (): unknown => sessionSettings({ contactPoints: [point] });
      expect(make).toThrow(/is 'host', 'host:port' or .* and no URL\. Credentials are given by the option "auth"/);
      expect(make).not.toThrow(/ada|sesame/);
    },
  );

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
});

describe('an option of another driver', () => {
  it.each([
    ['credentials', 'It is "auth" here: { username, password }.'],
    ['queryOptions', /"consistency", "serialConsistency", "pageSize"/],
    ['policies', /"loadBalancing", "retry"/],
    ['pooling', /"connectionsPerNode"/],
    ['socketOptions', /"connectTimeout"/],
    ['encoding', /"int64"/],
    ['fetchSize', 'It is "pageSize" here.'],
    ['sslOptions', 'It is "tls" here.'],
  ])('%s is refused with the name that it has here', (name, hint) => {
    const make = (): unknown => sessionSettings({ contactPoints: ['localhost'], [name]: {} });
    expect(make).toThrow(`The session options have no option "${name}".`);
    expect(make).toThrow(hint);
  });

  it('stands in no list of ours', () => {
    for (const name of Object.keys(FOREIGN_SESSION_OPTIONS)) {
      expect(() => sessionSettings({ contactPoints: ['localhost'], [name]: undefined }), name).toThrow(
        FOREIGN_SESSION_OPTIONS[name],
      );
    }
    for (const name of Object.keys(FOREIGN_QUERY_OPTIONS)) {
      const { request, profiles } = sessionSettings({ contactPoints: ['localhost'] });
      expect(() => querySettings({ [name]: undefined }, request, profiles), name).toThrow(FOREIGN_QUERY_OPTIONS[name]);
    }
  });
});

describe('the options of many requests', () => {
  const { request, profiles } = sessionSettings({
    contactPoints: ['localhost'],
    profiles: { slow: { timeout: 60_000 } },
  });

  it('are looked at once if they are frozen, by each session', () => {
    const options = Object.freeze({ pageSize: 10, profile: 'slow' });
    const settings = querySettings(options, request, profiles);
    expect(querySettings(options, request, profiles)).toBe(settings);
    expect(settings).toMatchObject({ pageSize: 10, timeout: 60_000 });
    const other = sessionSettings({ contactPoints: ['localhost'], profiles: { slow: { timeout: 90_000 } } });
    expect(querySettings(options, other.request, other.profiles)).toMatchObject({ timeout: 90_000 });
  });

  it('may change if they are not, or if something in them may', () => {
    const options = { pageSize: 10 };
    querySettings(options, request, profiles);
    options.pageSize = 20;
    expect(querySettings(options, request, profiles).pageSize).toBe(20);
    const customPayload: Record<string, Uint8Array> = {};
    const frozen = Object.freeze({ customPayload });
    querySettings(frozen, request, profiles);
    customPayload['key'] = Buffer.from('value');
    expect(querySettings(frozen, request, profiles).customPayload).toEqual(new Map(Object.entries(customPayload)));
  });
});

describe('a policy', () => {
  it.each([
    ['loadBalancing', 'tokenAware', tokenAware],
    ['retry', 'defaultRetry', defaultRetry],
    ['speculation', 'constantSpeculation', constantSpeculation],
    ['reconnection', 'exponentialReconnection', exponentialReconnection],
    ['timestamps', 'monotonicTimestamps', monotonicTimestamps],
  ])('for %s is not the function %s that makes it', (name, maker, value) => {
    const options = { contactPoints: ['localhost'], [name]: value } as never;
    expect(() => sessionSettings(options)).toThrow(
      `The option "${name}" is the function ${maker}, which makes a policy: call it, as in ${name}: ${maker}().`,
    );
  });
});
