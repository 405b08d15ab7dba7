/**
 * The words that CQL takes for a name only if they are quoted, in any Cassandra since 3.11: what is quoted without need is
 * still the same name.
 */
export const RESERVED_WORDS: ReadonlySet<string> = new Set(
  (
    'add allow alter and apply asc authorize batch begin by columnfamily create default delete desc describe drop entries ' +
    'execute from full grant if in index infinity insert into is keyspace limit materialized mbean mbeans modify nan ' +
    'norecursive not null of on or order primary rename replace revoke schema select set table to token truncate unlogged ' +
    'unset update use using view where with'
  ).split(' '),
);
