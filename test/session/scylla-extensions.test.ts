import { lastValueFrom } from 'rxjs';
import { type CqlRequest, opcode, rows, supported, when } from 'rxcql/testing';
import { describe, expect, it } from 'vitest';
import { serving } from '../support/served-session.js';

// What ScyllaDB offers beyond the protocol, as far as a server of the testing kit can play it.

const serve = serving();

const V4 = { protocolVersions: [4] } as const;
const METADATA_IDS = { SCYLLA_USE_METADATA_ID: [''] };

const offering = (options: Record<string, string[]>, isOffered: (request: CqlRequest) => boolean = () => true) =>
  when(opcode('OPTIONS').and(isOffered)).reply(supported(options));

const SELECT = 'SELECT v FROM ks.t WHERE k = ?';
const isSelect = ({ cql = '' }: CqlRequest): boolean => cql === SELECT;

describe('metadata ids in v4', () => {
  it('are agreed on where they are offered', async () => {
    const { server, session } = await serve([offering(METADATA_IDS)], {}, V4);
    await lastValueFrom(session.execute(SELECT, ['1']));
    const startups: CqlRequest[] = [];
    server.requests.subscribe((request) => {
      if (request.opcode === 'STARTUP') startups.push(request);
    });
    expect(startups.filter(({ version }) => version === 4).length).toBeGreaterThan(0);
    for (const { version, options } of startups) expect(options!.has('SCYLLA_USE_METADATA_ID')).toBe(version === 4);
  });

  it('let the columns be left out, until the server says that they have changed', async () => {
    let isAltered = false;
    const first = rows({ v: 'text' }, [['one']], { parameters: { k: 'text' }, partitionKey: ['k'] });
    const second = rows({ v: 'text', w: 'int' }, [['two', 2]], { parameters: { k: 'text' }, partitionKey: ['k'] });
    const { session, asked } = await serve(
      [offering(METADATA_IDS), when(isSelect).reply(() => (isAltered ? second : first))],
      {},
      V4,
    );
    const read = async () => (await lastValueFrom(session.execute(SELECT, ['1']))).toArray();
    expect([await read(), await read()]).toEqual([[{ v: 'one' }], [{ v: 'one' }]]);
    isAltered = true;
    expect([await read(), await read()]).toEqual([[{ v: 'two', w: 2 }], [{ v: 'two', w: 2 }]]);
    const executed = asked.filter((request) => request.opcode === 'EXECUTE');
    expect(executed.map(({ version, skipMetadata }) => [version, skipMetadata])).toEqual(Array(4).fill([4, true]));
    const ids = executed.map(({ resultMetadataId }) => resultMetadataId!.toString('hex'));
    expect(ids.slice(0, 3)).toEqual(Array(3).fill(ids[0]));
    expect(ids[3]).not.toBe(ids[0]);
    expect(ids[3]).toHaveLength(32);
  });

  it('stay away where nobody offers them', async () => {
    const { session, asked } = await serve([when(isSelect).reply(rows({ v: 'text' }, [['one']]))], {}, V4);
    await lastValueFrom(session.execute(SELECT, ['1']));
    expect(asked.at(-1)).toMatchObject({ opcode: 'EXECUTE', version: 4, skipMetadata: false });
    expect(asked.at(-1)!.resultMetadataId).toBeUndefined();
  });

  it('are for those nodes of a cluster that have them, the others being asked without', async () => {
    const nodes = [{ host: '127.0.0.1' }, { host: '127.0.0.2' }];
    const { session, asked } = await serve(
      [
        offering(METADATA_IDS, ({ node }) => node.startsWith('127.0.0.1:')),
        when(isSelect).reply(rows({ v: 'text' }, [['one']])),
      ],
      {},
      { ...V4, nodes },
    );
    for (let i = 0; i < 12; i++) {
      expect((await lastValueFrom(session.execute(SELECT, ['1']))).toArray()).toEqual([{ v: 'one' }]);
    }
    const executed = asked.filter((request) => request.opcode === 'EXECUTE');
    expect(new Set(executed.map(({ node }) => node)).size).toBe(2);
    for (const { node, resultMetadataId, values } of executed) {
      expect(resultMetadataId !== undefined).toBe(node.startsWith('127.0.0.1:'));
      expect(values).toEqual(['1']);
    }
  });
});
