/** What `npm run test:secure` leaves out, which runs the others against a node that asks for a password and a certificate; and why. */
export const PLAIN_ONLY: Readonly<Record<string, string>> = {
  'cassandra.test.ts': 'It is about startCassandra(), and starts what it needs, with TLS too.',
  'cli.test.ts': 'The command is told where the node is by its options; those for TLS have tests of their own.',
  'cluster.test.ts': 'It has three nodes of its own.',
  'migrating.test.ts': 'Its programs compare with another driver, which is configured otherwise.',
  'python-driver.test.ts': 'It needs no Cassandra: another driver talks to the server of the testing kit.',
  'replicas.test.ts': 'It has clusters of its own.',
  'schema.test.ts': 'It has a node of its own.',
  'secure.test.ts': 'It has a secure node of its own, and compares it with a plain one.',
};

/** The same for programs of docs/examples. */
export const PLAIN_ONLY_EXAMPLES: Readonly<Record<string, string>> = {
  'workers.ts': 'Node.js 20 does not load in workers what gives the sessions of the examples their keys.',
};
