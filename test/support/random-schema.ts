import fc from 'fast-check';
import { formatIdentifier } from '../../src/codec/type.js';
import { frozen, type SampleType, sampleTypes, udtOf } from './sample-types.js';

/** What fails today fails tomorrow, unless one asks for others. */
const SEED = Number(process.env['RXCQL_SEED'] ?? 1);

const TABLES = 100;
const UDTS = 8;

/** Statements for the keyspace `chance`: tables by chance. */
export function randomSchema(): string[] {
  const udts: SampleType[] = [];
  const statements = [
    `CREATE KEYSPACE chance WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
    'USE chance',
  ];
  for (let i = 0; i < UDTS; i++) {
    const fields = fc.array(sampleTypes(2, udts), { minLength: 1, maxLength: 4 });
    const [drawn] = fc.sample(fields, { numRuns: 1, seed: SEED * 1_000 + i });
    // The later, the sooner by name.
    const { type, create } = udtOf(`${'zyxwvuts'[i]!}_type`, drawn!);
    udts.push(type);
    statements.push(create);
  }
  const tables = fc.sample(table(sampleTypes(3, udts), sampleTypes(1, [], true)), { numRuns: TABLES, seed: SEED });
  return [...statements, ...tables.flatMap((make, index) => make(`t${index}`))];
}

const columnName = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'Mixed',
    'order',
    'select',
    'with space',
    '"',
    '""',
    '1st',
    'a"b',
    "a'b",
    'a.b',
    'a;',
    '--',
  ),
  fc.constantFrom('ttl', 'key', 'static', 'token', 'is', 'não', '数', 'a\nb', '_', '$', 'e'),
  fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter((name) => !name.includes('\0')),
);

const comment = fc.string({ maxLength: 30, unit: 'grapheme' }).filter((text) => !text.includes('\0'));
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const chance = fc.double({ min: 1e-9, max: 1, noNaN: true }).map(String);
const natural = (max: number): fc.Arbitrary<string> => fc.integer({ min: 0, max }).map(String);

const OPTIONS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  comment: comment.map(literal),
  crc_check_chance: chance,
  default_time_to_live: natural(630_720_000),
  gc_grace_seconds: natural(0x7fffffff),
  memtable_flush_period_in_ms: natural(0x7fffffff),
  bloom_filter_fp_chance: fc.double({ min: 0.001, max: 1, noNaN: true }).map(String),
  cdc: fc.boolean().map(String),
  allow_auto_snapshot: fc.boolean().map(String),
  incremental_backups: fc.boolean().map(String),
  memtable: fc.constantFrom("'default'", "'trie'", "'skiplist'"),
  read_repair: fc.constantFrom("'NONE'", "'BLOCKING'"),
  speculative_retry: fc.constantFrom("'NEVER'", "'ALWAYS'", "'75p'", "'12ms'", "'MIN(95p,20ms)'"),
  additional_write_policy: fc.constantFrom("'NEVER'", "'ALWAYS'", "'75p'", "'12.5ms'"),
  caching: fc.constantFrom("{'keys': 'ALL', 'rows_per_partition': '5'}", "{'keys': 'NONE'}"),
  compression: fc.constantFrom(
    "{'enabled': 'false'}",
    "{'class': 'SnappyCompressor'}",
    "{'class': 'LZ4Compressor', 'lz4_compressor_type': 'high', 'lz4_high_compressor_level': '12'}",
    "{'class': 'DeflateCompressor', 'chunk_length_in_kb': '4', 'min_compress_ratio': '1.1'}",
  ),
  compaction: fc.constantFrom(
    "{'class': 'SizeTieredCompactionStrategy', 'max_threshold': '64', 'min_sstable_size': '100'}",
    "{'class': 'LeveledCompactionStrategy', 'fanout_size': '5'}",
    "{'class': 'UnifiedCompactionStrategy', 'scaling_parameters': 'N,L4'}",
    "{'class': 'SizeTieredCompactionStrategy', 'enabled': 'false'}",
  ),
};

const options = fc.record(OPTIONS, { requiredKeys: [] });

/** Makes the statements for a table of a given name: the table, and its indexes. */
function table(
  types: fc.Arbitrary<SampleType>,
  keyTypes: fc.Arbitrary<SampleType>,
): fc.Arbitrary<(name: string) => string[]> {
  const names = fc.uniqueArray(columnName, { minLength: 9, maxLength: 9 });
  const counts = fc.record({ partition: fc.integer({ min: 1, max: 3 }), clustering: fc.integer({ min: 0, max: 3 }) });
  const keys = fc.array(keyTypes, { minLength: 6, maxLength: 6 });
  const others = fc.array(fc.tuple(types, fc.boolean(), fc.boolean()), { minLength: 0, maxLength: 3 });
  const orders = fc.array(fc.boolean(), { minLength: 3, maxLength: 3 });
  const index = fc.constantFrom('', '', " USING 'sai'");
  return fc
    .tuple(names, counts, keys, others, orders, options, index)
    .map(([drawn, { partition, clustering }, keyed, rest, descending, chosen, using]) => (name) => {
      const quoted = drawn.map(formatIdentifier);
      const key = quoted.slice(0, partition + clustering);
      const columns = key.map((column, i) => `${column} ${frozen(keyed[i]!)}`);
      for (const [i, [type, isFrozen, isStatic]] of rest.entries()) {
        const cql = isFrozen || !mayHaveCells(type) ? frozen(type) : type.cql;
        columns.push(`${quoted[6 + i]!} ${cql}${isStatic && clustering > 0 ? ' static' : ''}`);
      }
      const clusteringOrder = key.slice(partition).map((column, i) => `${column} ${descending[i] ? 'DESC' : 'ASC'}`);
      const settings = Object.entries(chosen).map(([option, value]) => `${option} = ${value}`);
      if (clustering > 0) settings.unshift(`CLUSTERING ORDER BY (${clusteringOrder.join(', ')})`);
      const primaryKey = `PRIMARY KEY ((${key.slice(0, partition).join(', ')})${key
        .slice(partition)
        .map((each) => `, ${each}`)
        .join('')})`;
      const create = `CREATE TABLE ${name} (${[...columns, primaryKey].join(', ')})`;
      const indexed = rest[0];
      const canBeIndexed =
        indexed !== undefined && ['int', 'text', 'uuid', 'inet'].includes(indexed[0].cql) && !indexed[2];
      return [
        settings.length === 0 ? create : `${create} WITH ${settings.join(' AND ')}`,
        ...(canBeIndexed
          ? [`CREATE INDEX ${name}_index ON ${name} (${quoted[6]!})${/^\w+$/.test(drawn[6]!) ? using : ''}`]
          : []),
      ];
    });
}

/** A user-defined type whose fields are not frozen cannot stand in a table unless it is frozen itself. */
function mayHaveCells({ cql }: SampleType): boolean {
  return !cql.endsWith('_type');
}
