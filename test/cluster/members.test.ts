import { describe, expect, it } from 'vitest';
import { Members } from '../../src/cluster/members.js';
import { located } from './support.js';

const names = (list: Iterable<{ readonly node: { readonly address: string } }>): string[] =>
  Array.from(list, ({ node }) => node.address);

function membersWith(...numbers: readonly number[]): Members {
  const members = new Members();
  members.replace(numbers.map((n) => located(n)));
  return members;
}

describe('members', () => {
  it('come and go', () => {
    const members = new Members();
    expect(members.replace([located(1), located(2)])).toMatchObject({
      removed: [],
      moved: [],
      isChanged: true,
      isRingChanged: true,
    });
    const { added, removed } = members.replace([located(2), located(3)]);
    expect([names(added), names(removed), names(members)]).toEqual([
      ['10.0.0.3:9042'],
      ['10.0.0.1:9042'],
      ['10.0.0.2:9042', '10.0.0.3:9042'],
    ]);
  });

  it('that stay as they are change nothing', () => {
    expect(membersWith(1, 2).replace([located(1), located(2)])).toEqual({
      added: [],
      removed: [],
      moved: [],
      isChanged: false,
      isRingChanged: false,
    });
  });

  it('are the same objects wherever they move to', () => {
    const members = membersWith(1);
    const [before] = members;
    const { node } = before!;
    const { moved, isChanged, isRingChanged } = members.replace([
      located(1, { endpoint: { host: '10.0.0.9', port: 1 } }),
    ]);
    expect(names(moved)).toEqual(['10.0.0.9:1']);
    expect([isChanged, isRingChanged]).toEqual([true, false]);
    expect([...members][0]!.node).toBe(node);
    expect(node.address).toBe('10.0.0.9:1');
  });

  it.each([
    ['tokens', { tokens: ['7'] }, false],
    ['rack', { rack: 'r2' }, true],
    ['data center', { datacenter: 'dc2' }, true],
  ])('with another %s change the ring', (_, fields, isChanged) => {
    expect(membersWith(1).replace([located(1, fields)])).toMatchObject({ isChanged, isRingChanged: true });
  });

  it('do not change the ring by the order of their tokens, or another version', () => {
    const members = new Members();
    members.replace([located(1, { tokens: ['1', '2'] })]);
    expect(members.replace([located(1, { tokens: ['2', '1'], releaseVersion: '5.1' })])).toMatchObject({
      isChanged: true,
      isRingChanged: false,
    });
  });

  it('are found by what they say of themselves, and by where they are connected to', () => {
    const members = new Members();
    members.replace([located(1, { endpoint: { host: 'proxy', port: 1 } })]);
    expect(members.at('10.0.0.1', 9042)).toBe(members.at('proxy', 1));
    expect(members.at('10.0.0.1', 9043)).toBeUndefined();
  });
});
