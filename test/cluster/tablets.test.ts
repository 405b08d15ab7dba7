import { describe, expect, it } from 'vitest';
import type { SchemaChange } from '../../src/codec/event.js';
import { Tablets } from '../../src/cluster/tablets.js';
import { nodeOf } from '../support/clusters.js';

const [A, B, C] = [nodeOf(1), nodeOf(2), nodeOf(3)];
const placed = (first: bigint, last: bigint, ...nodes: { hostId: string }[]) => ({
  first,
  last,
  hosts: nodes.map(({ hostId }) => hostId),
});

function tablets(nodes = [A, B], maxTablets?: number): Tablets {
  const made = new Tablets(maxTablets);
  made.arrange(nodes);
  return made;
}

const changed = (target: SchemaChange['target'], keyspace: string, name?: string): SchemaChange => ({
  change: 'UPDATED',
  target,
  keyspace,
  name,
  argTypes: undefined,
});

describe('tablets', () => {
  it('belong to one table of one keyspace', () => {
    const known = tablets();
    known.learn('ks', 't', placed(0n, 10n, B, A));
    expect(known.at('ks', 't', 5n)).toEqual([B, A]);
    expect(known.at('ks', 'u', 5n)).toBeUndefined();
    expect(known.at('other', 't', 5n)).toBeUndefined();
    expect(known.at('ks', 't', Buffer.of(5))).toBeUndefined();
  });

  it('have each node once', () => {
    const known = tablets();
    known.learn('ks', 't', placed(0n, 10n, B, A, B));
    expect(known.at('ks', 't', 5n)).toEqual([B, A]);
  });

  it('are forgotten when what they are of has changed, and no others', () => {
    const known = tablets();
    const learn = (): void => {
      for (const [keyspace, table] of [
        ['ks', 't'],
        ['ks', 'u'],
        ['other', 't'],
      ] as const) {
        known.learn(keyspace, table, placed(0n, 10n, A));
      }
    };
    learn();
    known.onSchemaChange(changed('TYPE', 'ks', 't'));
    expect(known.size).toBe(3);
    known.onSchemaChange(changed('TABLE', 'ks', 't'));
    expect(known.at('ks', 't', 5n)).toBeUndefined();
    expect(known.size).toBe(2);
    learn();
    known.onSchemaChange(changed('KEYSPACE', 'ks'));
    expect([known.at('ks', 't', 5n), known.at('ks', 'u', 5n), known.at('other', 't', 5n)]).toEqual([
      undefined,
      undefined,
      [A],
    ]);
    expect(known.size).toBe(1);
  });

  it('are forgotten when one of their nodes is gone, or another of the same id', () => {
    const known = tablets();
    known.learn('ks', 't', placed(0n, 10n, A, B));
    known.learn('ks', 't', placed(10n, 20n, A));
    known.arrange([A, C]);
    expect(known.at('ks', 't', 5n)).toBeUndefined();
    expect(known.at('ks', 't', 15n)).toEqual([A]);
    known.arrange([nodeOf(1), C]);
    expect(known.size).toBe(0);
  });

  it('have the nodes that are known, until there are others', () => {
    const known = tablets();
    known.learn('ks', 't', placed(0n, 10n, C));
    expect(known.size).toBe(0);
    known.learn('ks', 't', placed(0n, 10n, C, A));
    known.learn('ks', 't', placed(10n, 20n, B));
    expect(known.at('ks', 't', 5n)).toEqual([A]);
    known.arrange([A, B, C]);
    expect(known.at('ks', 't', 5n)).toBeUndefined();
    expect(known.at('ks', 't', 15n)).toEqual([B]);
  });

  it('are no more than may be kept', () => {
    const known = tablets([A, B], 3);
    for (const table of ['a', 'b', 'c']) known.learn('ks', table, placed(0n, 10n, A));
    expect(known.size).toBe(3);
    known.learn('ks', 'd', placed(0n, 10n, A));
    expect(known.size).toBe(1);
    expect(known.at('ks', 'd', 1n)).toEqual([A]);
    expect(known.at('ks', 'a', 1n)).toBeUndefined();
  });
});
