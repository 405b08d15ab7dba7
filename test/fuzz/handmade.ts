import { EnvelopeFlag, Opcode, type ProtocolVersion } from '../../src/codec/envelope.js';
import { int, string } from '../codec/support.js';

// Responses that a real server gives only in circumstances that a recording cannot arrange. From the grammar, section 4.2 and 9.

/** The digits of the body of a response. */
export interface Handmade {
  readonly name: string;
  readonly versions: readonly ProtocolVersion[];
  readonly opcode: number;
  readonly flags?: number;
  readonly body: string;
}

const BOTH = [4, 5] as const;
const QUORUM = '0004';

function error(name: string, code: number, fields = '', versions: readonly ProtocolVersion[] = BOTH): Handmade {
  return { name, versions, opcode: Opcode.ERROR, body: int(code) + string('It failed.') + fields };
}

const FAILURES_V5 = `${int(2)} 04 7f000001 0000 10 20010db8000000000000000000000001 0001`.replaceAll(' ', '');
const UUID = '9b5ad4f03a1e4b0c9c530f1d2e3a4b5c';
const ONE_ROW = `${int(2)}${int(1)}${int(1)}${string('k')}${string('t')}${string('c')}000d${int(1)}${int(1)}61`;

export const HANDMADE: readonly Handmade[] = [
  error('server-error', 0x0000),
  error('protocol-error', 0x000a),
  error('bad-credentials', 0x0100),
  error('overloaded', 0x1001),
  error('is-bootstrapping', 0x1002),
  error('truncate-error', 0x1003),
  error('write-timeout', 0x1100, QUORUM + int(1) + int(2) + string('SIMPLE')),
  error('write-timeout-cas', 0x1100, `${QUORUM}${int(1)}${int(2)}${string('CAS')}0007`, [5]),
  error('read-timeout', 0x1200, `${QUORUM}${int(1)}${int(2)}01`),
  error('read-failure', 0x1300, `${QUORUM}${int(1)}${int(2)}${int(1)}01`, [4]),
  error('read-failure', 0x1300, `${QUORUM}${int(1)}${int(2)}${FAILURES_V5}00`, [5]),
  error('function-failure', 0x1400, `${string('ks')}${string('f')}0002${string('int')}${string('text')}`),
  error('write-failure', 0x1500, QUORUM + int(1) + int(2) + int(1) + string('BATCH'), [4]),
  error('write-failure', 0x1500, QUORUM + int(1) + int(2) + FAILURES_V5 + string('CDC'), [5]),
  error('cdc-write-failure', 0x1600),
  error('cas-write-unknown', 0x1700, QUORUM + int(1) + int(2), [5]),
  error('unauthorized', 0x2100),
  error('rate-limit', 0x4321, '0101'),
  { name: 'challenge', versions: BOTH, opcode: Opcode.AUTH_CHALLENGE, body: `${int(3)}616263` },
  {
    name: 'up',
    versions: BOTH,
    opcode: Opcode.EVENT,
    body: `${string('STATUS_CHANGE')}${string('UP')}047f000001${int(9042)}`,
  },
  {
    name: 'new-node',
    versions: BOTH,
    opcode: Opcode.EVENT,
    body: `${string('TOPOLOGY_CHANGE')}${string('NEW_NODE')}1020010db8000000000000000000000001${int(9042)}`,
  },
  {
    name: 'function-created',
    versions: BOTH,
    opcode: Opcode.EVENT,
    body: ['SCHEMA_CHANGE', 'CREATED', 'FUNCTION', 'ks', 'f'].map(string).join('') + `0001${string('int')}`,
  },
  {
    name: 'everything-before-rows',
    versions: BOTH,
    opcode: Opcode.RESULT,
    flags: EnvelopeFlag.TRACING | EnvelopeFlag.WARNING | EnvelopeFlag.CUSTOM_PAYLOAD,
    body: `${UUID}0001${string('Mind this.')}0002${string('key')}${int(2)}beef${string('__proto__')}${int(-1)}${ONE_ROW}`,
  },
];
