import { Opcode } from '../codec/envelope.js';
import type { Response } from '../codec/responses.js';
import { TABLET_PAYLOAD } from '../codec/tablet.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Job } from './job.js';

/**
 * Takes in where the partition that was asked for is, if the server says so: it does when a request came to a node that does not
 * have it. A batch may be about several tables, of which nothing says which is meant.
 */
export function learnTablet(cluster: Cluster, { opcode, statements }: Job, response: Response): void {
  const payload = 'header' in response ? response.header.customPayload?.get(TABLET_PAYLOAD) : undefined;
  const [statement] = statements;
  if (payload === undefined || opcode !== Opcode.EXECUTE || statement === undefined) return;
  const { tableKeyspace, table } = statement;
  if (tableKeyspace !== undefined && table !== undefined) cluster.partitions.learnTablet(tableKeyspace, table, payload);
}
