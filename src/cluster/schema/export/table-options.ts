import { formatIdentifier } from '../../../codec/type.js';
import type { TableMetadata } from '../table-metadata.js';
import { mapLiteral, textLiteral } from './cql-literal.js';

/** What may stand behind `WITH`, in Cassandra since 4.0. Schema tables also have columns for what is no longer taken. */
const OPTIONS = [
  'additional_write_policy',
  'allow_auto_snapshot',
  'bloom_filter_fp_chance',
  'caching',
  'cdc',
  'comment',
  'compaction',
  'compression',
  'crc_check_chance',
  'default_time_to_live',
  'extensions',
  'fast_path',
  'gc_grace_seconds',
  'incremental_backups',
  'max_index_interval',
  'memtable',
  'memtable_flush_period_in_ms',
  'min_index_interval',
  'read_repair',
  'speculative_retry',
  'transactional_mode',
] as const;

/** The options of a table or view after its columns, each on a line of its own, ended by `;`. */
export function tableOptions(table: TableMetadata, leaveOut?: (typeof OPTIONS)[number]): string {
  const lines: string[] = [];
  if (table.isCompactStorage) lines.push('COMPACT STORAGE');
  if (table.clusteringKey.length > 0) {
    const order = table.clusteringKey.map((column) => `${formatIdentifier(column.name)} ${column.order}`);
    lines.push(`CLUSTERING ORDER BY (${order.join(', ')})`);
  }
  for (const name of OPTIONS) {
    const literal = name === leaveOut ? undefined : optionLiteral(table.options[name]);
    if (literal !== undefined) lines.push(`${name} = ${literal}`);
  }
  return lines.length === 0 ? ';' : ` WITH ${lines.join('\n    AND ')};`;
}

function optionLiteral(value: unknown): string | undefined {
  if (typeof value === 'string') return textLiteral(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const values = Object.values(value);
  if (values.every((each) => typeof each === 'string')) {
    // What a table has that is created without the option.
    return values.length === 0 ? undefined : mapLiteral(value as Record<string, string>);
  }
  if (!values.every((each) => Buffer.isBuffer(each))) return undefined;
  const entries = Object.entries(value as Record<string, Buffer>);
  return `{${entries.map(([key, bytes]) => `${textLiteral(key)}: 0x${bytes.toString('hex')}`).join(', ')}}`;
}
