import { HEADER_LENGTH } from '../codec/envelope.js';
import { endOfBatchValues, routingKeyOfValues, startOfBatchValues } from '../codec/routing-key.js';
import { type Slice, sliceOf } from '../codec/writer.js';
import { RequestContext } from '../cluster/request-context.js';
import type { SessionContext } from './context.js';
import type { PreparedStatement } from './prepared.js';
import type { RequestSettings } from './request-options.js';
import { payloadLength } from './routing.js';
import { isConditional } from './statement-kind.js';

interface Item {
  readonly cql: string;
  readonly prepared: PreparedStatement | undefined;
}

/** `<type byte> <n short>` stands before the statements of a batch. */
const BEFORE_STATEMENTS = 3;

/**
 * What decides where a batch goes: the option `routingKey`, or the partition of its first statement whose partition is known.
 *
 * @throws BindError for a part of the partition key that no partition has.
 */
export function routingOfBatch(
  { cluster, keyspace: used }: SessionContext,
  settings: RequestSettings,
  items: readonly Item[],
  message: Slice,
): RequestContext {
  const { routingKey } = settings;
  const isLwt = (): boolean => items.some(({ prepared, cql }) => prepared?.isConditional ?? isConditional(cql));
  const keyspace = settings.keyspace ?? used;
  const keyed = items.filter(({ prepared }) => prepared !== undefined && prepared.partitionKey.length > 0);
  if (routingKey !== undefined) {
    const { tableKeyspace: home = keyspace, table } = keyed[0]?.prepared ?? {};
    return new RequestContext(cluster, home, sliceOf(routingKey), isLwt(), table);
  }
  if (keyed.length > 0) {
    const { buffer } = message;
    let at = message.start + HEADER_LENGTH + payloadLength(settings) + BEFORE_STATEMENTS;
    for (const { prepared } of items) {
      const first = startOfBatchValues(buffer, at);
      const key = prepared && routingKeyOfValues(buffer, first, prepared);
      if (key !== undefined) {
        return new RequestContext(cluster, prepared!.tableKeyspace, key, isLwt(), prepared!.table);
      }
      at = endOfBatchValues(buffer, first);
    }
  }
  return new RequestContext(cluster, keyspace, undefined, false);
}
