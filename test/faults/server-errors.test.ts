import type { ResponseErrorKind, Session } from 'rxcql';
import { error, type ErrorFields, opcode, rawResponse, when } from 'rxcql/testing';
import { describe, expect } from 'vitest';
import { HEADER_LENGTH } from '../../src/codec/envelope.js';
import { encodeResponse } from '../../src/testing/server/encode-response.js';
import { inOrder, scenario, type World } from './oracles.js';

const ANSWERS = { consistency: 'QUORUM', received: 1, blockFor: 2 } as const;

/** How often a read, a write that may be made twice, and one that may not, are sent if three nodes all answer so. */
const CASES: readonly [kind: ResponseErrorKind, fields: ErrorFields, attempts: readonly [number, number, number]][] = [
  ['ServerError', {}, [3, 3, 1]],
  ['ProtocolError', {}, [1, 1, 1]],
  ['BadCredentials', {}, [1, 1, 1]],
  ['Unavailable', { consistency: 'QUORUM', required: 3, alive: 1 }, [2, 2, 2]],
  ['Overloaded', {}, [3, 3, 1]],
  ['IsBootstrapping', {}, [3, 3, 3]],
  ['TruncateError', {}, [1, 1, 1]],
  ['WriteTimeout', { ...ANSWERS, writeType: 'SIMPLE' }, [1, 1, 1]],
  ['WriteTimeout', { ...ANSWERS, writeType: 'BATCH_LOG' }, [2, 2, 1]],
  ['WriteTimeout', { ...ANSWERS, writeType: 'COUNTER' }, [1, 1, 1]],
  ['WriteTimeout', { ...ANSWERS, writeType: 'SOMETHING_NEW' }, [1, 1, 1]],
  ['ReadTimeout', { ...ANSWERS, received: 2, dataPresent: false }, [2, 2, 2]],
  ['ReadTimeout', { ...ANSWERS, received: 2, dataPresent: true }, [1, 1, 1]],
  ['ReadTimeout', { ...ANSWERS, dataPresent: false }, [1, 1, 1]],
  ['ReadFailure', { ...ANSWERS, numFailures: 1, dataPresent: true }, [1, 1, 1]],
  ['FunctionFailure', { keyspace: 'ks', function: 'f', argTypes: ['int', 'text'] }, [1, 1, 1]],
  ['WriteFailure', { ...ANSWERS, numFailures: 1, writeType: 'BATCH' }, [1, 1, 1]],
  ['CdcWriteFailure', {}, [1, 1, 1]],
  ['SyntaxError', {}, [1, 1, 1]],
  ['Unauthorized', {}, [1, 1, 1]],
  ['Invalid', {}, [1, 1, 1]],
  ['ConfigError', {}, [1, 1, 1]],
  ['AlreadyExists', { keyspace: 'ks', table: 't' }, [1, 1, 1]],
  ['Unknown', { errorCode: 0x4321 }, [1, 1, 1]],
];

/** Kinds that are others in v4. */
const CASES_OF_V5: typeof CASES = [
  ['WriteTimeout', { ...ANSWERS, writeType: 'CAS', contentions: 7 }, [1, 1, 1]],
  ['CasWriteUnknown', ANSWERS, [1, 1, 1]],
];

/** Pays for the retries that follow: a tenth of all requests may be. */
const earnRetries = (world: World, session: Session): Promise<unknown> =>
  Promise.all(Array.from({ length: 60 }, () => world.read(session).ended));

describe.each([4, 5] as const)('every error that a server knows, in v%i', (version) => {
  scenario('R24 is what it is, and repeated as often as the table says', {}, async (world) => {
    let rest = 0;
    let current: (typeof CASES)[number] | undefined;
    const attempts = new Map<string, number>();
    const server = await world.server(
      [
        when(opcode('EXECUTE').and(() => current !== undefined)).reply((request) => {
          const token = String(request.values[0]);
          attempts.set(token, (attempts.get(token) ?? 0) + 1);
          const whole = error(current![0], { message: 'no', ...current![1] });
          if (rest === 0) return whole;
          const body = encodeResponse(whole, { version, request, statement: undefined }).subarray(HEADER_LENGTH);
          return rawResponse('ERROR', rest < 0 ? body.subarray(0, rest) : Buffer.concat([body, Buffer.alloc(rest)]));
        }),
      ],
      { nodes: [{ host: '127.0.0.1' }, { host: '127.0.0.2' }, { host: '127.0.0.3' }] },
    );
    const session = await world.session(server, { protocolVersion: version, loadBalancing: inOrder });
    // What is refused is not executed.
    world.isExecuted = () => current === undefined;
    const { accepted } = server;
    for (const one of version === 5 ? [...CASES, ...CASES_OF_V5] : CASES) {
      const [kind, fields, expected] = one;
      for (const extra of [0, 3, -1]) {
        if (Math.max(...expected) > 1) await earnRetries(world, session);
        rest = extra;
        current = one;
        const asked = [world.read(session), world.upsert(session), world.write(session)];
        const errors = await Promise.all(asked.map(async ({ ended }) => (await ended).error));
        current = undefined;
        const sent = asked.map(({ token }) => attempts.get(token));
        // The contentions are the only thing that a server may leave out; the bytes behind an unknown error are nobody's.
        const isOptional = fields.writeType === 'CAS';
        if (extra < 0 && !isOptional) {
          expect(errors, kind).toMatchObject(asked.map(() => ({ code: 'ERR_RXCQL_DECODE', attempts: 1 })));
          expect(errors.map((failure) => failure!['outcome'])).toEqual([undefined, 'unknown', 'unknown']);
          expect(sent).toEqual([1, 1, 1]);
          continue;
        }
        const { contentions, ...others } = fields;
        const exact = { kind, message: 'no', ...others, ...(extra < 0 ? {} : contentions && { contentions }) };
        expect(errors, kind).toMatchObject(expected.map((count) => ({ ...exact, attempts: count })));
        expect(sent, kind).toEqual(expected);
      }
    }
    expect(server.accepted).toBe(accepted);
    await world.recovers(() => world.upsert(session));
  });
});
