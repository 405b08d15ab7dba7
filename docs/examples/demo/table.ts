import { concat, ignoreElements, type Observable } from 'rxjs';
import type { Session } from 'rxcql';

const KEYSPACE = 'rxcql_demo';
const TABLE = `${KEYSPACE}.cities`;

// By country, the largest city first. One replica is enough for what can be loaded again at any time.
const DEFINITIONS = [
  `DROP KEYSPACE IF EXISTS ${KEYSPACE}`,
  `CREATE KEYSPACE ${KEYSPACE} WITH replication = { 'class': 'NetworkTopologyStrategy', 'replication_factor': 1 }`,
  `CREATE TABLE ${TABLE} (
    id int, name text, alternative text, country text, kind text, region text, municipality text, district text,
    population int, longitude double, latitude double,
    PRIMARY KEY (country, population, id)
  ) WITH CLUSTERING ORDER BY (population DESC, id ASC)`,
];

// Markers are named after their columns, so that a City can be bound as it is.
export const INSERT = `INSERT INTO ${TABLE}
  (id, name, alternative, country, kind, region, municipality, district, population, longitude, latitude)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
export const ALL_CITIES = `SELECT * FROM ${TABLE}`;
export const CITIES_OF_COUNTRY = `SELECT * FROM ${TABLE} WHERE country = ?`;
export const LARGEST_OF_COUNTRY = `SELECT name, population FROM ${TABLE} WHERE country = ? LIMIT 1`;

/** Makes the table anew. Emits nothing. */
export function createTable(session: Session): Observable<never> {
  return concat(...DEFINITIONS.map((definition) => session.execute(definition))).pipe(ignoreElements());
}
