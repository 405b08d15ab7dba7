import { consistencyName, isSerial } from '../codec/consistency.js';
import type { Dialect } from '../codec/dialect.js';
import type { BoundValues, QueryParameters } from '../codec/parameters.js';
import { writeCustomPayload, writeExecute, writeQuery } from '../codec/requests.js';
import type { ResponseContext } from '../codec/responses.js';
import type { ResultColumns } from '../codec/result-columns.js';
import type { ValueSettings } from '../codec/value-options.js';
import type { Writer } from '../codec/writer.js';
import { ConfigurationError } from '../errors.js';
import { bindPrepared, bindUnprepared, type Params } from './bind.js';
import type { PreparedStatement } from './prepared.js';
import type { RequestSettings } from './request-options.js';
import type { StatementKind } from './statement-kind.js';

/** A statement as it is sent. */
export interface Executed {
  readonly cql: string;
  readonly params: Params;
  readonly prepared: PreparedStatement | undefined;
  readonly settings: RequestSettings;
  readonly kind: StatementKind;
  /** Of a statement that is not prepared: the columns of its last page. */
  readonly lastSeen: ResultColumns | undefined;
}

/**
 * Writes the body of a statement's request, for the page that begins at `pagingState`, and for a write with its `timestamp`.
 * Returns what is known of its answer.
 *
 * @throws BindError, ConfigurationError
 */
export function writeRequestBody(
  writer: Writer,
  dialect: Dialect,
  job: Executed,
  pagingState: Uint8Array | undefined,
  timestamp: bigint | number | undefined,
  values: ValueSettings,
): ResponseContext {
  const { prepared, params, settings } = job;
  const { version, hasMetadataIds } = dialect;
  checkConsistency(settings, job.kind);
  if (settings.customPayload !== undefined) writeCustomPayload(writer, settings.customPayload);
  if (prepared === undefined) {
    writeQuery(writer, version, job.cql, parametersOf(job, pagingState, timestamp, bindUnprepared(params), false));
    return { values, columns: job.lastSeen, isOmitted: false };
  }
  const { metadataId, described } = prepared.result;
  // Only an id tells whether what is known is still true; and where no columns are known, there is nothing to leave out.
  const skipMetadata = hasMetadataIds && metadataId !== undefined && described !== undefined;
  const bound = bindPrepared(prepared, params, prepared.parametersFor(values));
  const parameters = parametersOf(job, pagingState, timestamp, bound, skipMetadata);
  writeExecute(writer, version, prepared.idsFor(hasMetadataIds), parameters);
  return { values, columns: skipMetadata ? described : prepared.lastSeen, isOmitted: skipMetadata };
}

/** @throws ConfigurationError for a level that only reads can have: a server would refuse a write, or ignore it. */
export function checkConsistency({ consistency }: RequestSettings, kind: StatementKind): void {
  if (!isSerial(consistency) || kind === 'select') return;
  const name = consistencyName(consistency)!;
  throw new ConfigurationError(
    `The consistency ${name} is for SELECT only: a conditional statement has it as its serialConsistency.`,
  );
}

function parametersOf(
  { prepared, settings }: Executed,
  pagingState: Uint8Array | undefined,
  timestamp: bigint | number | undefined,
  values: BoundValues,
  skipMetadata: boolean,
): QueryParameters {
  return {
    consistency: settings.consistency,
    values: values.count === 0 ? undefined : values,
    skipMetadata,
    pageSize: settings.pageSize,
    pagingState,
    serialConsistency: settings.serialConsistency,
    timestamp,
    // A prepared statement has its keyspace since it was prepared.
    keyspace: prepared === undefined ? settings.keyspace : undefined,
    nowInSeconds: settings.nowInSeconds,
  };
}
