/**
 * Options of the npm package cassandra-driver, and which of ours does the same. Who comes from there is told, where an option is
 * refused; those that have the same name here are not in it.
 */
export const FOREIGN_SESSION_OPTIONS: Readonly<Record<string, string>> = {
  authProvider: 'It is "auth" here: { username, password }.',
  cloud: 'There is nothing like it here: name contactPoints.',
  credentials: 'It is "auth" here: { username, password }.',
  encoding: 'Its settings are options of the session here: "int64", "timestamp", "set", "map", "codecs".',
  fetchSize: 'It is "pageSize" here.',
  id: 'It is "clientId" here.',
  isMetadataSyncEnabled: 'It is "schemaMetadata" here.',
  maxPrepared: 'Statements are prepared, and forgotten, by the session itself.',
  monitorReporting: 'Nothing is reported to a monitor.',
  policies:
    'Policies are options of the session here: "loadBalancing", "retry", "speculation", "reconnection", "timestamps", ' +
    '"addressTranslator".',
  pooling:
    'Its settings are options of the session here: "connectionsPerNode", "maxRequestsPerConnection", "heartbeat".',
  prepareOnAllHosts: 'Statements are prepared where they are executed, by the session itself.',
  promiseFactory: 'Results are Observables here; firstValueFrom() of rxjs makes promises of them.',
  protocolOptions: 'Its settings are options of the session here: "port", "protocolVersion".',
  queryOptions:
    'Defaults of requests are options of the session here: "consistency", "serialConsistency", "pageSize", "idempotent".',
  rePrepareOnUp: 'Statements are prepared where they are executed, by the session itself.',
  refreshSchemaDelay: 'The schema is read when it has changed; "schemaMetadata" turns that off.',
  socketOptions: 'Its settings are options of the session here: "connectTimeout", "timeout" for its readTimeout.',
  ssl: 'It is "tls" here.',
  sslOptions: 'It is "tls" here.',
};

/** The same of requests. */
export const FOREIGN_QUERY_OPTIONS: Readonly<Record<string, string>> = {
  autoPage: 'query() gives all pages, one after another; execute() the first.',
  executionProfile: 'It is "profile" here.',
  fetchSize: 'It is "pageSize" here.',
  hints: 'Statements with parameters are prepared, so that their types are known.',
  host: 'It is "node" here.',
  isIdempotent: 'It is "idempotent" here.',
  pageState: 'It is "pagingState" here.',
  readTimeout: 'It is "timeout" here.',
  traceQuery: 'It is "tracing" here.',
};
