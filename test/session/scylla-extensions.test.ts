import { lastValueFrom } from 'rxjs';
import type { PlanContext, SessionOptions } from 'rxcql';
import { type CqlRequest, opcode, rawResponse, rows, supported, voidResult, when } from 'rxcql/testing';
import { describe, expect, it, vi } from 'vitest';
import { bytes, int, string } from '../codec/support.js';
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

  it.each([[METADATA_IDS], [{}]])('do not have requests encoded twice, offered %j', async (offered) => {
    let encoded = 0;
    const encode = (value: string): string => {
      encoded++;
      return value;
    };
    const { session } = await serve(
      [offering(offered), when(isSelect).reply(rows({ v: 'text' }, [['one']], { parameters: { k: 'text' } }))],
      { codecs: [{ type: 'text', decode: (value: string) => value, encode }] },
      V4,
    );
    for (let i = 0; i < 3; i++) await lastValueFrom(session.execute(SELECT, ['1']));
    expect(encoded).toBe(3);
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

describe('the mark of conditional statements', () => {
  const UPDATE = 'UPDATE ks.t SET v = 1 WHERE k = ?';
  const MARK = 0x8000_0000;
  const marking = { SCYLLA_LWT_ADD_METADATA_MARK: [`LWT_OPTIMIZATION_META_BIT_MASK=${MARK}`] };
  const FLAGS = '80000001';
  /** A statement by the id c0de, whose one marker is the partition key k, a text, of ks.t; it has no rows. */
  const marked = rawResponse(
    'RESULT',
    bytes(
      int(4),
      '0002 c0de',
      FLAGS,
      int(1),
      int(1),
      '0000',
      string('ks'),
      string('t'),
      string('k'),
      '000d',
      int(4),
      int(0),
    ),
  );

  async function execute(offered: Record<string, string[]>) {
    const plans: PlanContext[] = [];
    const { server, session } = await serve(
      [offering(offered), when(opcode('PREPARE')).reply(marked), when(opcode('EXECUTE')).reply(voidResult())],
      {
        loadBalancing: (context) => {
          plans.push(context);
          return context.topology.nodes;
        },
      },
      V4,
    );
    await lastValueFrom(session.execute(UPDATE, ['a']));
    const startups: (string | undefined)[] = [];
    server.requests.subscribe(({ opcode: asked, options }) => {
      if (asked === 'STARTUP') startups.push(options!.get('SCYLLA_LWT_ADD_METADATA_MARK'));
    });
    return { isConditional: plans.at(-1)!.isConditional, startups: [...new Set(startups)] };
  }

  it('is asked for as it is offered, and believed', async () => {
    expect(await execute(marking)).toEqual({
      isConditional: true,
      startups: ['LWT_OPTIMIZATION_META_BIT_MASK=2147483648'],
    });
  });

  it.each([
    ['nobody offers it', {}],
    ['it is another flag', { SCYLLA_LWT_ADD_METADATA_MARK: ['LWT_OPTIMIZATION_META_BIT_MASK=1073741824'] }],
  ])('means nothing where %s', async (_, offered) => {
    expect(await execute(offered)).toMatchObject({ isConditional: false });
  });

  it.each(['', '=', 'LWT_OPTIMIZATION_META_BIT_MASK=', 'LWT_OPTIMIZATION_META_BIT_MASK=4294967296', 'OTHER=1'])(
    'is not asked for if it is offered as "%s"',
    async (offered) => {
      expect(await execute({ SCYLLA_LWT_ADD_METADATA_MARK: [offered] })).toEqual({
        isConditional: false,
        startups: [undefined],
      });
    },
  );
});

describe('tablets', () => {
  const TABLETS = { TABLETS_ROUTING_V1: [''] };
  const nodes = [{ host: '127.0.0.1' }, { host: '127.0.0.2' }, { host: '127.0.0.3' }];
  const hostId = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`;
  const parameters = { parameters: { k: 'text' }, partitionKey: ['k'] } as const;

  /** All tokens of a table on these nodes. */
  const everywhereOn = (...hosts: number[]): Buffer =>
    bytes(
      '00000008 8000000000000000 00000008 7fffffffffffffff',
      int(4 + hosts.length * 32),
      int(hosts.length),
      ...hosts.map((n) => `0000001c 00000010 ${hostId(n).replaceAll('-', '')} 00000004 00000000`),
    );

  /** A session whose requests for a partition are answered with a payload, and the nodes that its policy was told. */
  async function told(payloads: readonly (Buffer | undefined)[], offered: Record<string, string[]> = TABLETS) {
    let asked = 0;
    const seen: string[][] = [];
    const loadBalancing: SessionOptions['loadBalancing'] = (context) => {
      if (context.token !== undefined) seen.push(context.replicas.map((node) => node.hostId));
      return context.topology.nodes;
    };
    const select = when(isSelect).reply(({ opcode: asking }) => {
      const payload = asking === 'EXECUTE' ? payloads[asked++] : undefined;
      return rows({ v: 'text' }, [['one']], {
        ...parameters,
        ...(payload && { customPayload: { 'tablets-routing-v1': payload } }),
      });
    });
    const { server, session } = await serve([offering(offered), select], { loadBalancing }, { ...V4, nodes });
    const read = async () => {
      await lastValueFrom(session.execute(SELECT, ['a']));
      return seen.at(-1);
    };
    return { server, session, read };
  }

  it('say where a partition is from the next request on', async () => {
    const { server, read } = await told([everywhereOn(3, 1), undefined, everywhereOn(2)]);
    expect(await read()).toEqual([]);
    expect(await read()).toEqual([hostId(3), hostId(1)]);
    expect(await read()).toEqual([hostId(3), hostId(1)]);
    expect(await read()).toEqual([hostId(2)]);
    server.requests.subscribe(({ opcode: asked, options }) => {
      if (asked === 'STARTUP') expect(options!.get('TABLETS_ROUTING_V1')).toBe('');
    });
  });

  it('say so beside metadata ids', async () => {
    const { read } = await told([everywhereOn(3)], { ...TABLETS, ...METADATA_IDS });
    await read();
    expect(await read()).toEqual([hostId(3)]);
  });

  it('are forgotten when the table changes', async () => {
    const { session, read } = await told([everywhereOn(3)]);
    await read();
    await lastValueFrom(session.execute('ALTER TABLE ks.other ADD w int'));
    expect(await read()).toEqual([hostId(3)]);
    await lastValueFrom(session.execute('ALTER TABLE ks.t ADD w int'));
    expect(await read()).toEqual([]);
  });

  it('are not listened to where nobody has offered them', async () => {
    const { server, read } = await told([everywhereOn(3)], {});
    await read();
    expect(await read()).toEqual([]);
    server.requests.subscribe(({ options }) => expect(options?.has('TABLETS_ROUTING_V1') ?? false).toBe(false));
  });

  it('that cannot be read are ignored with one warning', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    try {
      const { read } = await told([Buffer.from('damaged'), Buffer.alloc(0), everywhereOn(3)]);
      expect([await read(), await read(), await read()]).toEqual([[], [], []]);
      expect(await read()).toEqual([hostId(3)]);
      expect(warned.mock.calls.filter(([message]) => String(message).includes('tablet'))).toHaveLength(1);
    } finally {
      warned.mockRestore();
    }
  });
});
