import { formatIdentifier } from '../../../codec/type.js';
import type { ViewMetadata } from '../table-metadata.js';
import { primaryKey } from './create-table.js';
import { qualifiedName } from './qualified-name.js';
import { tableOptions } from './table-options.js';

/** `CREATE MATERIALIZED VIEW`. Its rows live as long as those of its base table: a time to live of its own is refused. */
export function createView(view: ViewMetadata): string {
  const columns = view.includesAllColumns ? '*' : [...view.columns.keys()].map(formatIdentifier).join(', ');
  return [
    `CREATE MATERIALIZED VIEW ${qualifiedName(view)} AS`,
    `    SELECT ${columns}`,
    `    FROM ${qualifiedName({ keyspace: view.keyspace, name: view.baseTable })}`,
    `    WHERE ${view.whereClause}`,
    `    ${primaryKey(view)}${tableOptions(view, 'default_time_to_live')}`,
  ].join('\n');
}
