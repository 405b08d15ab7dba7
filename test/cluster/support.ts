import type { LocatedNode } from '../../src/cluster/members.js';

/** The node with the number `n`, in dc1 and rack 1 unless that is said otherwise. */
export function located(n: number, fields: Partial<LocatedNode> = {}): LocatedNode {
  const endpoint = { host: `10.0.0.${n}`, port: 9042 };
  return {
    hostId: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    advertised: endpoint,
    endpoint,
    datacenter: 'dc1',
    rack: 'r1',
    releaseVersion: '5.0.5',
    tokens: [String(n)],
    ...fields,
  };
}
