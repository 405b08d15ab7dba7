/** The end of a sentence, for who cannot start a Cassandra. `startCassandra` itself reads no such variable. */
export const anotherCassandra: string =
  'use a Cassandra that is already running: connect() takes its address as "contactPoints", and the demo and the tests of ' +
  'rxcql take it from the variable CASSANDRA_CONTACT_POINTS.';
