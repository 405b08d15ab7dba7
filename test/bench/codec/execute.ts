import type * as WriterModule from '../../../src/codec/writer.js';
import type * as Requests from '../../../src/codec/requests.js';
import type * as Envelope from '../../../src/codec/envelope.js';
import type * as ValueCodec from '../../../src/codec/value-codec.js';
import type * as ValueOptions from '../../../src/codec/value-options.js';
import type * as Bind from '../../../src/session/bind.js';
import { built, type Case } from './case.js';
import { encodeExecute } from './peer.js';
import { MIXED } from './values.js';

const { Writer } = await built<typeof WriterModule>('codec/writer.js');
const { executeIds, writeExecute } = await built<typeof Requests>('codec/requests.js');
const { HEADER_LENGTH, putHeader, Opcode } = await built<typeof Envelope>('codec/envelope.js');
const { columnCodec } = await built<typeof ValueCodec>('codec/value-codec.js');
const { DEFAULT_VALUES } = await built<typeof ValueOptions>('codec/value-options.js');
const { bindPrepared } = await built<typeof Bind>('session/bind.js');

const VERSION = 4;
const ONE = 1;
const ID = Buffer.from('0123456789abcdef0123456789abcdef', 'hex');
const IDS = executeIds(ID, undefined, false);
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

/** As a connection does: the message stays where it was written. */
function encodeOurs(params: readonly unknown[]) {
  const message = writer.encode(HEADER_LENGTH, (out) =>
    writeExecute(out, VERSION, IDS, {
      consistency: ONE,
      values: bindPrepared(statement, params, parameters),
    }),
  );
  const { buffer, start, end } = message;
  putHeader(buffer, start, VERSION, 0, 1, Opcode.EXECUTE, end - start - HEADER_LENGTH);
  return message;
}

/** Both write the same, so that what is compared is the same work. */
function checkEqual(): void {
  const { buffer, start, end } = encodeOurs(ourParams[0]!);
  const ours = buffer.subarray(start, end);
  const theirs = encodeExecute(ID, theirColumns, theirParams[0]!);
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
