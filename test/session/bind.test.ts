import { describe, expect, it } from 'vitest';
import type { ColumnSpec } from '../../src/codec/column-spec.js';
import { valueCodec } from '../../src/codec/value-codec.js';
import { valueSettings } from '../../src/codec/value-options.js';
import { BindError } from '../../src/errors.js';
import { bindPrepared } from '../../src/session/bind.js';
import { PreparedStatement } from '../../src/session/prepared.js';
import { thrownBy, written } from '../codec/support.js';

describe('bindPrepared', () => {
  it('tells why a codec of the user refused a value as the cause, and never in the message', () => {
    const cause = new Error('not hunter2');
    const codec = {
      type: 'text',
      decode: (text: string) => text,
      encode: () => {
        throw cause;
      },
    };
    const values = valueSettings({ codecs: [codec] });
    const parameter: ColumnSpec = {
      name: 'password',
      type: 'text',
      keyspace: 'ks',
      table: 't',
      cqlType: { kind: 'text' },
      codec: valueCodec({ kind: 'text' }, values),
    };
    const statement = new PreparedStatement('INSERT …', undefined, {
      kind: 'prepared',
      header: { tracingId: undefined, warnings: [], customPayload: undefined },
      id: Buffer.alloc(16),
      metadataId: undefined,
      isMarkedConditional: false,
      described: undefined,
      parameters: [parameter],
      partitionKey: [],
      values,
    });
    const error = thrownBy(() =>
      written((writer) => bindPrepared(statement, ['hunter2'], [parameter]).write(writer, 0)),
    );
    expect(error).toBeInstanceOf(BindError);
    expect(error).toMatchObject({
      message: 'The parameter "password" (text) cannot take the value: the codec for it refuses the value.',
      column: 'password',
      cause,
    });
  });
});
