import { type Table } from './tables.js';

export const KEYSPACE = 'rxcql_bench';

export const CREATE_KEYSPACE = `CREATE KEYSPACE IF NOT EXISTS ${KEYSPACE} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`;

export function createTable({ name, columns }: Table): string {
  const definitions = Object.entries(columns).map((column) => column.join(' '));
  return `CREATE TABLE IF NOT EXISTS ${KEYSPACE}.${name} (${definitions.join(', ')}, PRIMARY KEY (id))`;
}

export function insertInto({ name, columns }: Table): string {
  const names = Object.keys(columns);
  return `INSERT INTO ${KEYSPACE}.${name} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
}

export const pointReadOf = ({ name }: Table): string => `SELECT * FROM ${KEYSPACE}.${name} WHERE id = ?`;

/** The limit is how the canned server knows how many rows its table has. */
export const scanOf = ({ name }: Table, rows: number): string => `SELECT * FROM ${KEYSPACE}.${name} LIMIT ${rows}`;
