import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import type * as WriterModule from '../../../src/codec/writer.js';
import type * as ValueCodec from '../../../src/codec/value-codec.js';
import type * as ValueOptions from '../../../src/codec/value-options.js';
import type * as EncryptedColumns from '../../../src/session/encrypted-columns.js';
import { built, type Case } from './case.js';

const { Writer } = await built<typeof WriterModule>('codec/writer.js');
const { columnCodec } = await built<typeof ValueCodec>('codec/value-codec.js');
const { valueSettings } = await built<typeof ValueOptions>('codec/value-options.js');
const { encryptedColumns } = await built<typeof EncryptedColumns>('session/encrypted-columns.js');

// The peer does not encrypt columns. What stands in its place is what AES-256-GCM costs in Node, without a format, and with a nonce
// that is always the same.

const VALUES = 1_000;
const key = createSecretKey(randomBytes(32));
const column = 'shop.users.phone';
const writer = new Writer();
const nonce = randomBytes(12);
const associated = Buffer.from(column);
const texts = Array.from({ length: VALUES }, (_, i) => `+49 30 ${String(i).padStart(13, '0')}`);

function bareCipher(text: string): Buffer[] {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 }).setAAD(associated);
  const encrypted = cipher.update(text, 'utf8');
  return [encrypted, cipher.final(), cipher.getAuthTag()];
}

function bareDecipher([encrypted, , tag]: readonly Buffer[]): string {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 }).setAAD(associated);
  return decipher.setAuthTag(tag!).update(encrypted!, undefined, 'utf8') + decipher.final('utf8');
}

export const cases: readonly Case[] = [undefined, '2026'].flatMap((deterministic) => {
  const columns = [{ column, type: 'text', ...(deterministic && { deterministic }) }];
  const codecs = encryptedColumns({ keys: [{ id: '2026', key }], columns });
  const codec = columnCodec(column, { kind: 'blob' }, valueSettings({ codecs }));
  const encrypt = (text: string) => writer.encode(0, (out) => codec.encode(out, text));
  const ours = texts.map(encrypt);
  const bare = texts.map(bareCipher);
  const how = deterministic === undefined ? '' : ', deterministic';
  return [
    {
      name: `encrypt 20 characters${how}`,
      unit: 'value',
      units: VALUES,
      ours: () => texts.map(encrypt),
      theirs: () => texts.map(bareCipher),
    },
    {
      name: `decrypt 20 characters${how}`,
      unit: 'value',
      units: VALUES,
      ours: () => ours.map(({ buffer, start, end }) => codec.decode(buffer, start, end)),
      theirs: () => bare.map(bareDecipher),
    },
  ];
});
