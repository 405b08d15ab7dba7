import { describe, expect, it } from 'vitest';
import { planRefresh } from '../../../src/cluster/schema/plan-refresh.js';
import type { StoredKeyspace } from '../../../src/cluster/schema/stored-schema.js';
import type { SchemaChange } from '../../../src/codec/event.js';

const schema = new Map([['ks', {} as StoredKeyspace]]);
const change = (target: string, name?: string, kind = 'UPDATED', keyspace = 'ks'): SchemaChange =>
  ({ change: kind, target, keyspace, name, argTypes: undefined }) as SchemaChange;
const plan = (...changes: SchemaChange[]): unknown => planRefresh(schema, changes, true);

describe('planRefresh', () => {
  it('reads each part once', () => {
    const parts = plan(
      change('TABLE', 'a', 'CREATED'),
      change('TABLE', 'a'),
      change('TYPE', 'a'),
      change('FUNCTION', 'f'),
      change('AGGREGATE', 'f'),
      change('KEYSPACE'),
    );
    expect(parts).toEqual([
      { keyspace: 'ks', element: { kind: 'table', name: 'a' } },
      { keyspace: 'ks', element: { kind: 'type', name: 'a' } },
      { keyspace: 'ks', element: { kind: 'function', name: 'f' } },
      { keyspace: 'ks', element: { kind: 'aggregate', name: 'f' } },
      { keyspace: 'ks', element: 'keyspace' },
    ]);
  });

  it.each([
    ['a keyspace that is new', change('KEYSPACE', undefined, 'CREATED')],
    ['a keyspace that is gone', change('KEYSPACE', undefined, 'DROPPED')],
    ['a target that is not known', change('TRIGGER', 'x')],
    ['a change that is not known', change('KEYSPACE', undefined, 'RENAMED')],
    ['a table without a name', change('TABLE')],
  ])('reads the keyspace whole for %s', (_, whole) => {
    expect(plan(change('TABLE', 'a'), whole, change('TYPE', 'b'))).toEqual([{ keyspace: 'ks' }]);
  });

  it('reads a keyspace whole that is not known, for whatever is in it', () => {
    expect(plan(change('TABLE', 'a', 'CREATED', 'other'))).toEqual([{ keyspace: 'other' }]);
  });

  it('reads a keyspace whole rather than many of its tables', () => {
    const changes = Array.from({ length: 20 }, (_, i) => change('TABLE', `t${i}`));
    expect(plan(...changes)).toEqual([{ keyspace: 'ks' }]);
    expect(plan(...changes.slice(1))).toHaveLength(19);
  });
});
