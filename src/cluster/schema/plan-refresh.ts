import type { SchemaChange } from '../../codec/event.js';
import type { ElementKind, SchemaPart } from './schema-source.js';
import type { StoredSchema } from './stored-schema.js';

/** From so many changed elements of a keyspace on, reading all of it is less work for the server than asking for each. */
const WHOLE_KEYSPACE_FROM = 20;

const KINDS: Readonly<Partial<Record<string, ElementKind>>> = {
  TABLE: 'table',
  TYPE: 'type',
  FUNCTION: 'function',
  AGGREGATE: 'aggregate',
};

/** What is to be read again after some changes: each part once, and none that lies in another. */
export function planRefresh(schema: StoredSchema, changes: readonly SchemaChange[], withTables: boolean): SchemaPart[] {
  const byKeyspace = new Map<string, SchemaChange[]>();
  for (const change of changes) {
    const others = byKeyspace.get(change.keyspace);
    if (others === undefined) byKeyspace.set(change.keyspace, [change]);
    else others.push(change);
  }
  return [...byKeyspace].flatMap(([keyspace, those]) => {
    if (withTables) return schema.has(keyspace) ? partsOf(keyspace, those) : [{ keyspace }];
    return those.some(({ target }) => target === 'KEYSPACE') ? [{ keyspace, element: 'keyspace' as const }] : [];
  });
}

function partsOf(keyspace: string, changes: readonly SchemaChange[]): SchemaPart[] {
  const parts = new Map<string, SchemaPart>();
  for (const { change, target, name } of changes) {
    const kind = KINDS[target];
    if (kind !== undefined && name !== undefined) {
      parts.set(`${kind} ${name}`, { keyspace, element: { kind, name } });
    } else if (target === 'KEYSPACE' && change === 'UPDATED') {
      parts.set('keyspace', { keyspace, element: 'keyspace' });
    } else {
      // One that was dropped and created again has nothing of what the old one had; and who knows what a new target means.
      return [{ keyspace }];
    }
  }
  return parts.size < WHOLE_KEYSPACE_FROM ? [...parts.values()] : [{ keyspace }];
}
