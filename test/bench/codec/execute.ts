import { built, type Case } from './case.js';
import { encodeExecute } from './peer.js';
import { MIXED } from './values.js';

const { Writer } = await built<typeof import('../../../src/codec/writer.js')>('codec/writer.js');
const { writeExecute } = await built<typeof import('../../../src/codec/requests.js')>('codec/requests.js');
const { HEADER_LENGTH, putHeader, Opcode } =
  await built<typeof import('../../../src/codec/envelope.js')>('codec/envelope.js');
const { columnCodec } = await built<typeof import('../../../src/codec/value-codec.js')>('codec/value-codec.js');
const { DEFAULT_VALUES } = await built<typeof import('../../../src/codec/value-options.js')>('codec/value-options.js');
const { bindPrepared } = await built<typeof import('../../../src/session/bind.js')>('session/bind.js');

const VERSIONS = 4;
const ONE = 1;
const ID = Buffer.from('0123456789abcdef0123456789abcdef', 'hex');
const SETS = 1_000;

const parameters = MIXED.map(({ kind }, i) => {
  const cqlType = { kind } as Parameters<typeof columnCodec>[1];
  const codec = columnCodec(`ks.t.c${i}`, cqlType, DEFAULT_VALUES);
  return { name: `c${i}`, type: kind, keyspace: 'ks', table: 't', cqlType, codec };
});
const statement = { parameters, partitionKey: [0] } as unknown as Parameters<typeof bindPrepared>[0];
const theirColumns = MIXED.map(({ id }, i) => ({ name: `c${i}`, type: { code: id, type: null } }));

const ourParams = Array.from({ length: SETS }, () => MIXED.map((sample) => sample.ours()));
const theirParams = ourParams.map((params) => MIXED.map((sample, i) => sample.theirs(params[i])));

const writer = new Writer();

function encodeOurs(params: readonly unknown[]): Buffer {
  const { buffer, start, end } = writer.encode(HEADER_LENGTH, (out) =>
    writeExecute(out, VERSIONS, ID, undefined, { consistency: ONE, values: bindPrepared(statement, params) }),
  );
  putHeader(buffer, start, VERSIONS, 0, 1, Opcode.EXECUTE, end - start - HEADER_LENGTH);
  return buffer.subarray(start, end);
}

/** Both write the same, so that what is compared is the same work. */
function checkEqual(): void {
  const [ours, theirs] = [encodeOurs(ourParams[0]!), encodeExecute(ID, theirColumns, theirParams[0]!)];
  if (!ours.equals(theirs)) {
    throw new Error(`The two write different bytes:\n${ours.toString('hex')}\n${theirs.toString('hex')}`);
  }
}
checkEqual();

export const cases: readonly Case[] = [
  {
    name: 'EXECUTE of 8 mixed values',
    unit: 'request',
    units: SETS,
    ours: () => {
      for (const params of ourParams) encodeOurs(params);
    },
    theirs: () => {
      for (const params of theirParams) encodeExecute(ID, theirColumns, params);
    },
    target: 4,
  },
];
