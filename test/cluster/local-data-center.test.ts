import { describe, expect, it } from 'vitest';
import { localDataCenterOf } from '../../src/cluster/local-data-center.js';
import { ConfigurationError } from '../../src/errors.js';
import { located } from './support.js';

const near = located(1);
const far = located(2, { datacenter: 'dc2' });
const point = (n: number) => ({ host: `10.0.0.${n}`, port: 9042 });

describe('the local data center', () => {
  it('is the one that was asked for', () => {
    expect(localDataCenterOf('dc2', [near, far], [point(1)])).toBe('dc2');
  });

  it('is the only one', () => {
    expect(localDataCenterOf(undefined, [near, located(3)], [point(9)])).toBe('dc1');
  });

  it('is that of the only contact point, whatever its name', () => {
    expect(localDataCenterOf(undefined, [far, near], [{ host: 'db.example.org', port: 9042 }])).toBe('dc2');
  });

  it('is that of all contact points', () => {
    expect(localDataCenterOf(undefined, [near, located(3), far], [point(1), point(3)])).toBe('dc1');
  });

  it.each([
    ['contact points in several', [point(1), point(2)]],
    ['a contact point that cannot be told', [point(1), { host: 'db.example.org', port: 9042 }]],
  ])('is not guessed from %s', (_, points) => {
    expect(() => localDataCenterOf(undefined, [near, far], points)).toThrow(
      new ConfigurationError(
        'The cluster has several data centers: there are "dc1", "dc2". Say which one is near, by the option "localDataCenter".',
      ),
    );
  });

  it('has to be there', () => {
    expect(() => localDataCenterOf('moon', [near, far], [point(1)])).toThrow(
      new ConfigurationError('There is no data center "moon" in the cluster: there are "dc1", "dc2".'),
    );
  });
});
