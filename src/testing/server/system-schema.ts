// The tables that drivers read, as Cassandra 5.0 has them; in `tables` and `views` also what drivers ask of older versions.

/** The columns of a table, and their types. */
export type TableColumns = Readonly<Record<string, string>>;

/** `system.local` */
export const LOCAL: TableColumns = {
  key: 'text',
  bootstrapped: 'text',
  broadcast_address: 'inet',
  broadcast_port: 'int',
  cluster_name: 'text',
  cql_version: 'text',
  data_center: 'text',
  gossip_generation: 'int',
  host_id: 'uuid',
  listen_address: 'inet',
  listen_port: 'int',
  native_protocol_version: 'text',
  partitioner: 'text',
  rack: 'text',
  release_version: 'text',
  rpc_address: 'inet',
  rpc_port: 'int',
  schema_version: 'uuid',
  tokens: 'set<text>',
};

/** `system.peers` */
export const PEERS: TableColumns = {
  peer: 'inet',
  data_center: 'text',
  host_id: 'uuid',
  preferred_ip: 'inet',
  rack: 'text',
  release_version: 'text',
  rpc_address: 'inet',
  schema_version: 'uuid',
  tokens: 'set<text>',
};

/** `system.peers_v2` */
export const PEERS_V2: TableColumns = {
  peer: 'inet',
  peer_port: 'int',
  data_center: 'text',
  host_id: 'uuid',
  native_address: 'inet',
  native_port: 'int',
  preferred_ip: 'inet',
  preferred_port: 'int',
  rack: 'text',
  release_version: 'text',
  schema_version: 'uuid',
  tokens: 'set<text>',
};

const OPTIONS = {
  additional_write_policy: 'text',
  bloom_filter_fp_chance: 'double',
  caching: 'map<text, text>',
  cdc: 'boolean',
  comment: 'text',
  compaction: 'map<text, text>',
  compression: 'map<text, text>',
  crc_check_chance: 'double',
  dclocal_read_repair_chance: 'double',
  default_time_to_live: 'int',
  extensions: 'map<text, blob>',
  gc_grace_seconds: 'int',
  id: 'uuid',
  max_index_interval: 'int',
  memtable_flush_period_in_ms: 'int',
  min_index_interval: 'int',
  read_repair: 'text',
  read_repair_chance: 'double',
  speculative_retry: 'text',
};

const COLUMNS = {
  keyspace_name: 'text',
  table_name: 'text',
  column_name: 'text',
  clustering_order: 'text',
  column_name_bytes: 'blob',
  kind: 'text',
  position: 'int',
  type: 'text',
};

const FUNCTION = { keyspace_name: 'text', argument_types: 'list<text>', return_type: 'text' };

/** The tables of which the rows are given. */
export const GIVEN: Readonly<Record<string, TableColumns>> = {
  'system_schema.keyspaces': { keyspace_name: 'text', durable_writes: 'boolean', replication: 'map<text, text>' },
  'system_schema.tables': { keyspace_name: 'text', table_name: 'text', flags: 'set<text>', ...OPTIONS },
  'system_schema.columns': COLUMNS,
  'system_schema.dropped_columns': { ...COLUMNS, dropped_time: 'timestamp' },
  'system_schema.types': {
    keyspace_name: 'text',
    type_name: 'text',
    field_names: 'list<text>',
    field_types: 'list<text>',
  },
  'system_schema.functions': {
    ...FUNCTION,
    function_name: 'text',
    argument_names: 'list<text>',
    body: 'text',
    called_on_null_input: 'boolean',
    language: 'text',
  },
  'system_schema.aggregates': {
    ...FUNCTION,
    aggregate_name: 'text',
    final_func: 'text',
    initcond: 'text',
    state_func: 'text',
    state_type: 'text',
  },
  'system_schema.triggers': {
    keyspace_name: 'text',
    table_name: 'text',
    trigger_name: 'text',
    options: 'map<text, text>',
  },
  'system_schema.indexes': {
    keyspace_name: 'text',
    table_name: 'text',
    index_name: 'text',
    kind: 'text',
    options: 'map<text, text>',
  },
  'system_schema.views': {
    keyspace_name: 'text',
    view_name: 'text',
    base_table_id: 'uuid',
    base_table_name: 'text',
    include_all_columns: 'boolean',
    where_clause: 'text',
    ...OPTIONS,
  },
  'system_virtual_schema.keyspaces': { keyspace_name: 'text' },
  'system_virtual_schema.tables': { keyspace_name: 'text', table_name: 'text', comment: 'text' },
  'system_virtual_schema.columns': COLUMNS,
  'system_traces.sessions': {
    session_id: 'uuid',
    client: 'inet',
    command: 'text',
    coordinator: 'inet',
    coordinator_port: 'int',
    duration: 'int',
    parameters: 'map<text, text>',
    request: 'text',
    started_at: 'timestamp',
  },
  'system_traces.events': {
    session_id: 'uuid',
    event_id: 'timeuuid',
    activity: 'text',
    source: 'inet',
    source_elapsed: 'int',
    source_port: 'int',
    thread: 'text',
  },
};
