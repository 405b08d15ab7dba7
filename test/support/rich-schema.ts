/** Statements for a keyspace that has, of everything a schema can hold, the forms that are easy to get wrong. */
export const RICH_SCHEMA: readonly string[] = [
  `CREATE KEYSPACE "Rich" WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 1} AND durable_writes = false`,
  'USE "Rich"',

  // In an order that is not theirs.
  'CREATE TYPE zeta (a int, "Select" text)',
  `CREATE TYPE "Alpha" (z frozen<zeta>, l list<frozen<zeta>>, v vector<float, 3>, t tuple<int, frozen<zeta>>)`,
  'CREATE TYPE beta (a frozen<"Alpha">, m map<text, frozen<set<int>>>)',
  'CREATE TYPE "order" (a int)',

  `CREATE FUNCTION f1 (a text) RETURNS NULL ON NULL INPUT RETURNS text LANGUAGE java AS 'return a + "''$" + "$";'`,
  `CREATE FUNCTION f1 (a int, "B" zeta, "Select" vector<float, 3>, "from" tuple<int, text>) CALLED ON NULL INPUT
     RETURNS "Alpha" LANGUAGE java AS $$ return null; $$`,
  `CREATE FUNCTION "Final" (s int) CALLED ON NULL INPUT RETURNS text LANGUAGE java AS $$ return null; $$`,
  `CREATE FUNCTION "State" (s int, v int) CALLED ON NULL INPUT RETURNS int LANGUAGE java AS $$ return s; $$`,
  `CREATE FUNCTION plus (s int, v int) RETURNS NULL ON NULL INPUT RETURNS int LANGUAGE java AS $$ return s + v; $$`,
  `CREATE FUNCTION pair (s tuple<int, text>, v list<text>) CALLED ON NULL INPUT RETURNS tuple<int, text>
     LANGUAGE java AS $$ return s; $$`,
  `CREATE FUNCTION lists (s map<text, frozen<list<int>>>, v int) CALLED ON NULL INPUT
     RETURNS map<text, frozen<list<int>>> LANGUAGE java AS $$ return s; $$`,
  'CREATE AGGREGATE total (int) SFUNC plus STYPE int FINALFUNC "Final" INITCOND 0',
  'CREATE AGGREGATE "Total" (int) SFUNC "State" STYPE int',
  'CREATE AGGREGATE pairs (list<text>) SFUNC pair STYPE tuple<int, text>',
  `CREATE AGGREGATE "token" (int) SFUNC lists STYPE map<text, frozen<list<int>>> INITCOND {'a': [1, 2]}`,

  `CREATE TABLE everything (
     p1 int, "P2" text, c1 timeuuid, "order" int, s text STATIC, "Static" frozen<list<int>> STATIC,
     a frozen<beta>, b map<text, frozen<list<int>>>, c vector<float, 8>, "weird ""name""" blob, address inet, d zeta,
     dur duration, dropped decimal, u frozen<"order">, "é" int, "1a" int, "ttl" int, count int,
     PRIMARY KEY ((p1, "P2"), c1, "order")
   ) WITH CLUSTERING ORDER BY (c1 DESC, "order" ASC)
     AND comment = 'it''s a "comment"; -- really\n/* it is */' AND default_time_to_live = 3600 AND gc_grace_seconds = 99
     AND memtable = 'trie' AND cdc = true AND read_repair = 'NONE' AND additional_write_policy = 'NEVER'
     AND speculative_retry = 'MAX(99p,10ms)' AND compression = {'class': 'ZstdCompressor', 'chunk_length_in_kb': 32}
     AND compaction = {'class': 'LeveledCompactionStrategy', 'sstable_size_in_mb': 96}
     AND caching = {'keys': 'NONE', 'rows_per_partition': '10'} AND bloom_filter_fp_chance = 1
     AND min_index_interval = 64 AND max_index_interval = 512 AND memtable_flush_period_in_ms = 100000
     AND crc_check_chance = 1e-7 AND allow_auto_snapshot = false AND incremental_backups = false`,
  'ALTER TABLE everything DROP dropped',
  'CREATE INDEX first ON everything (address)',
  'CREATE INDEX "Keys" ON everything (KEYS(b))',
  'CREATE INDEX entries_of ON everything (ENTRIES(b))',
  'CREATE INDEX full_of ON everything (FULL("Static"))',
  `CREATE INDEX ON everything ("weird ""name""")`,

  "CREATE TABLE counters (k int PRIMARY KEY, c counter, d counter) WITH compression = {'enabled': false}",
  'CREATE TABLE "Select" ("select" int PRIMARY KEY) WITH extensions = {\'a\': 0x0102} AND speculative_retry = \'ALWAYS\'',
  'CREATE TABLE "1" (k int PRIMARY KEY)',
  `CREATE TABLE ucs (k int PRIMARY KEY) WITH compaction = {'class': 'UnifiedCompactionStrategy', 'scaling_parameters': 'T4, L10'}
     AND caching = {'keys': 'ALL', 'rows_per_partition': 'ALL'}`,
  `CREATE TABLE twcs (k int PRIMARY KEY) WITH compaction = {'class': 'TimeWindowCompactionStrategy',
     'compaction_window_size': 3, 'compaction_window_unit': 'HOURS', 'timestamp_resolution': 'MILLISECONDS'}`,

  'CREATE TABLE compact_dense (k int, c int, v int, PRIMARY KEY (k, c)) WITH COMPACT STORAGE',
  'CREATE TABLE compact_empty (k int, c int, PRIMARY KEY (k, c)) WITH COMPACT STORAGE AND CLUSTERING ORDER BY (c DESC)',
  'CREATE TABLE compact_static (k int PRIMARY KEY, a int, "B" text) WITH COMPACT STORAGE',

  `CREATE TABLE masks (
     k int, c text MASKED WITH DEFAULT, inner text MASKED WITH mask_inner(1, 2, '*'),
     outer text MASKED WITH mask_outer(1, null), hash blob MASKED WITH mask_hash('SHA-512'), nothing text MASKED WITH mask_null(),
     i inet MASKED WITH mask_replace('127.0.0.1'), ts timestamp MASKED WITH mask_replace('2020-01-01T00:00:00Z'),
     b blob MASKED WITH mask_replace(0x0102), u uuid MASKED WITH mask_replace(00000000-0000-0000-0000-000000000001),
     d duration MASKED WITH mask_replace(1mo2d), de decimal MASKED WITH mask_replace(1.50),
     bo boolean MASKED WITH mask_replace(true), dt date MASKED WITH mask_replace('2020-01-02'),
     t time MASKED WITH mask_replace('10:00:00'), f float MASKED WITH mask_replace(1.5), q text MASKED WITH mask_replace('x'),
     bi bigint MASKED WITH mask_replace(-5), s text STATIC MASKED WITH DEFAULT,
     PRIMARY KEY (k, c))`,

  `CREATE TABLE indexed (k int PRIMARY KEY, "Text" text, words text, vec vector<float, 3>, m map<text, text>, l list<int>,
     s set<int>)`,
  `CREATE CUSTOM INDEX sai1 ON indexed ("Text") USING 'StorageAttachedIndex'
     WITH OPTIONS = {'case_sensitive': 'false', 'normalize': 'true'}`,
  `CREATE CUSTOM INDEX sai2 ON indexed (vec) USING 'sai' WITH OPTIONS = {'similarity_function': 'DOT_PRODUCT'}`,
  `CREATE CUSTOM INDEX sasi ON indexed (words) USING 'org.apache.cassandra.index.sasi.SASIIndex' WITH OPTIONS = {'mode': 'CONTAINS'}`,
  `CREATE INDEX sai3 ON indexed (l) USING 'sai'`,
  `CREATE INDEX sai4 ON indexed (ENTRIES(m)) USING 'sai'`,
  'CREATE INDEX values_of ON indexed (s)',

  `CREATE MATERIALIZED VIEW by_address AS SELECT p1, "P2", c1, "order", address FROM everything
     WHERE p1 IS NOT NULL AND "P2" IS NOT NULL AND c1 IS NOT NULL AND "order" > 4 AND address IS NOT NULL
     PRIMARY KEY (address, c1, "P2", p1, "order") WITH CLUSTERING ORDER BY (c1 ASC, "P2" DESC, p1 ASC, "order" DESC)
     AND comment = 'a view''s' AND gc_grace_seconds = 5`,
  `CREATE MATERIALIZED VIEW "ByText" AS SELECT * FROM indexed WHERE k IS NOT NULL AND "Text" IS NOT NULL
     PRIMARY KEY (("Text", k))`,
];

/** What Cassandra's own `DESCRIBE` writes so that it cannot be read: names that CQL takes in quotes only, a
 * function of the keyspace as a mask, and `$$` in a body. */
export const BADLY_DESCRIBED: readonly string[] = [
  `CREATE KEYSPACE "Words" WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
  'USE "Words"',
  'CREATE TYPE "text" (a int)',
  'CREATE TYPE "list" (a int)',
  'CREATE TYPE "json" ("select" int)',
  'CREATE TYPE "count" ("json" frozen<"json">)',
  'CREATE TYPE "ttl" ("count" frozen<"count">, l list<frozen<tuple<frozen<"json">, int>>>)',
  `CREATE FUNCTION "json" ("json" int, "token" int) CALLED ON NULL INPUT RETURNS int LANGUAGE java AS $$ return null; $$`,
  `CREATE FUNCTION "writetime" (ttl int) CALLED ON NULL INPUT RETURNS "json" LANGUAGE java AS $$ return null; $$`,
  `CREATE FUNCTION dollars () CALLED ON NULL INPUT RETURNS text LANGUAGE java AS 'return "$$";'`,
  'CREATE AGGREGATE "distinct" (int) SFUNC "json" STYPE int FINALFUNC "writetime"',
  'CREATE TABLE "token" ("json" int PRIMARY KEY, "count" int, ttl frozen<"ttl">, own int MASKED WITH "json"(1), "distinct" vector<frozen<"json">, 2>)',
];
