import { ConfigurationError } from '../../errors.js';
import { error } from './error-response.js';
import { authenticate, authSuccess, ready, supported } from './handshake-responses.js';
import { tokensOf, unquote } from './markers.js';
import type { CqlRequest } from './request.js';
import type { CqlResponse } from './response.js';
import { schemaChange, setKeyspace, voidResult } from './results.js';
import { rows } from './rows.js';
import { parseSelect, select } from './select.js';
import type { ServedConnection } from './served-connection.js';
import { nodeAt } from './server-node.js';
import type { ServerSettings } from './server-options.js';
import { systemTable } from './system-tables.js';

/** What a Cassandra without any data of its own would say, in short. */
export function defaultAnswer(
  request: CqlRequest,
  connection: ServedConnection,
  settings: ServerSettings,
): CqlResponse {
  switch (request.opcode) {
    case 'OPTIONS':
      return supported({
        PROTOCOL_VERSIONS: connection.versions.map((version) => `${version}/v${version}`),
        COMPRESSION: settings.compression === undefined ? [] : [settings.compression.name],
        CQL_VERSION: ['3.4.7'],
      });
    case 'STARTUP':
      return startup(request, settings);
    case 'AUTH_RESPONSE':
      return logIn(request, settings);
    default:
      if (settings.authentication !== undefined && !connection.isReady) {
        return error('ProtocolError', { message: `Unexpected message ${request.opcode}, expecting AUTH_RESPONSE` });
      }
      return request.opcode === 'REGISTER' ? ready() : answerStatement(request, connection, settings);
  }
}

function startup({ options }: CqlRequest, { authentication, compression }: ServerSettings): CqlResponse {
  const asked = options?.get('COMPRESSION')?.toLowerCase();
  if (asked !== undefined && asked !== compression?.name) {
    return error('ProtocolError', { message: `Unknown compression algorithm: ${asked}` });
  }
  return authentication === undefined ? ready() : authenticate(authentication.authenticator);
}

/** `[<authorization identity>] NUL <name> NUL <password>` (RFC 4616) */
function logIn({ token }: CqlRequest, { authentication }: ServerSettings): CqlResponse {
  const [, username, password] = (token ?? Buffer.alloc(0)).toString().split('\0');
  const isRight = username === authentication?.username && password === authentication?.password;
  if (isRight || authentication === undefined) return authSuccess();
  return error('BadCredentials', { message: 'Provided username and/or password are incorrect' });
}

function answerStatement(request: CqlRequest, connection: ServedConnection, settings: ServerSettings): CqlResponse {
  const { opcode, cql, statements = [] } = request;
  if (opcode === 'BATCH') {
    const unknown = statements.find((statement) => statement.cql === undefined);
    return unknown === undefined ? voidResult() : unprepared(unknown.preparedId!);
  }
  if (cql === undefined) return unprepared(request.preparedId!);
  const [word = '', ...rest] = tokensOf(cql);
  switch (word.toUpperCase()) {
    case 'SELECT':
      return answerSelect(cql, request, connection, settings);
    case 'USE':
      if (opcode !== 'PREPARE' && rest[0] !== undefined) connection.keyspace = unquote(rest[0]);
      return setKeyspace(unquote(rest[0] ?? 'ks'));
    case 'CREATE':
    case 'ALTER':
    case 'DROP':
      return answerSchemaChange(word.toUpperCase(), rest, connection.keyspace);
    default:
      return voidResult();
  }
}

function unprepared(preparedId: Buffer): CqlResponse {
  const message =
    `Prepared query with ID ${preparedId.toString('hex')} not found (either the query was not prepared on this host ` +
    '(maybe the host has been restarted?) or you have prepared too many queries)';
  return error('Unprepared', { message, preparedId });
}

/** System tables have rows; of others only the test knows the columns, so that their rows are for a rule. */
function answerSelect(
  cql: string,
  request: CqlRequest,
  connection: ServedConnection,
  settings: ServerSettings,
): CqlResponse {
  const parsed = parseSelect(cql, request.values);
  const keyspace = request.keyspace ?? connection.keyspace;
  const name =
    parsed === undefined || parsed.table.includes('.') ? parsed?.table : `${keyspace ?? 'ks'}.${parsed.table}`;
  const own = nodeAt(settings.nodes, connection.node);
  const table = name === undefined ? undefined : systemTable(name, own, settings);
  if (parsed === undefined || table === undefined) return rows({}, []);
  const [home, tableName] = name!.split('.') as [string, string];
  try {
    const { columns, values } = select(parsed, table);
    return rows(columns, values, { keyspace: home, table: tableName });
  } catch (reason) {
    if (!(reason instanceof ConfigurationError)) throw reason;
    return error('Invalid', { message: reason.message });
  }
}

const CHANGES = { CREATE: 'CREATED', ALTER: 'UPDATED', DROP: 'DROPPED' } as const;

/** `CREATE TABLE [IF NOT EXISTS] [<keyspace>.]<name> ...` and the like, of keyspaces, tables, types and views. */
function answerSchemaChange(word: string, tokens: readonly string[], used: string | undefined): CqlResponse {
  const words = tokens.filter((token) => !/^(?:IF|NOT|EXISTS|MATERIALIZED|OR|REPLACE)$/i.test(token));
  const [kind = '', first, dot, second] = words;
  const target = { KEYSPACE: 'KEYSPACE', TABLE: 'TABLE', TYPE: 'TYPE', VIEW: 'TABLE' } as const;
  const found = target[kind.toUpperCase() as keyof typeof target] as 'KEYSPACE' | 'TABLE' | 'TYPE' | undefined;
  if (found === undefined || first === undefined) return voidResult();
  const change = CHANGES[word as keyof typeof CHANGES];
  if (found === 'KEYSPACE') return schemaChange({ change, target: found, keyspace: unquote(first) });
  const isQualified = dot === '.' && second !== undefined;
  const keyspace = isQualified ? unquote(first) : (used ?? 'ks');
  return schemaChange({ change, target: found, keyspace, name: unquote(isQualified ? second : first) });
}
