import { expect, it } from 'vitest';
import { candidates } from '../../src/cluster/candidates.js';
import { Members } from '../../src/cluster/members.js';
import { located } from './support.js';

it('candidates are nodes that are up and near, then those that are far, then those that are away, then contact points', () => {
  const members = new Members();
  members.replace([located(1), located(2), located(3, { datacenter: 'dc2' }), located(4)]);
  members.at('10.0.0.1', 9042)!.node.isUp = false;
  const points = [{ host: 'db.example.org', port: 9042 }, located(2).endpoint];
  expect(candidates(members, 'dc1', points, () => 0.5).map(({ host }) => host)).toEqual([
    '10.0.0.2',
    '10.0.0.4',
    '10.0.0.3',
    '10.0.0.1',
    'db.example.org',
  ]);
  expect(candidates([], undefined, points, () => 0.5)).toEqual(points);
});

it('contact points come in any order', () => {
  const points = [1, 2, 3].map((number) => located(number).endpoint);
  const places = [0.7, 0.2, 0.4];
  expect(candidates([], undefined, points, () => places.shift()!)).toEqual([points[1], points[2], points[0]]);
});
