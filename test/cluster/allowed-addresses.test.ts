import { describe, expect, it } from 'vitest';
import { type AllowedAddresses, isAllowedBy } from '../../src/cluster/allowed-addresses.js';
import { ConfigurationError } from '../../src/errors.js';

const allows = (allowed: AllowedAddresses, host: string): boolean => isAllowedBy(allowed)({ host, port: 9042 });

describe('allowed addresses', () => {
  it.each([
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '10.1.2.4', false],
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.0.0.0/8', '9.255.255.255', false],
    ['192.168.4.0/22', '192.168.7.255', true],
    ['192.168.4.0/22', '192.168.8.0', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::/0', '2001:db8::1', true],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['2001:DB8::1', '2001:db8:0:0:0:0:0:1', true],
    // The same address, whichever way it is written.
    ['10.0.0.0/8', '::ffff:10.0.0.1', true],
    ['::ffff:10.0.0.0/104', '10.0.0.1', true],
    ['node1.example.org', 'NODE1.example.org', true],
    ['node1.example.org', 'node2.example.org', false],
    ['10.0.0.0/8', 'node1.example.org', false],
  ])('%s: %s, %s', (range, host, expected) => {
    expect(allows([range], host)).toBe(expected);
    expect(allows(['203.0.113.77', range], host)).toBe(expected);
  });

  it('may be none', () => {
    expect(allows([], '127.0.0.1')).toBe(false);
  });

  it('may be what a function says, and nothing where it throws or says something else', () => {
    expect(allows(({ host, port }) => host === '127.0.0.1' && port === 9042, '127.0.0.1')).toBe(true);
    expect(allows(() => 'yes' as never, '127.0.0.1')).toBe(false);
    const throwing = (): never => {
      throw new Error('It does not know.');
    };
    expect(allows(throwing, '127.0.0.1')).toBe(false);
  });

  it.each([
    '10.0.0.0/33',
    '10.0.0/8',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '::/129',
    '10.0.0.0/x',
    '256.1.1.1',
    '',
    'a b',
    'name/8',
  ])('are refused where one is %j', (entry) => {
    expect(() => isAllowedBy([entry])).toThrow(ConfigurationError);
  });
});
