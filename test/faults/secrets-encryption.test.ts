import { createSecretKey } from 'node:crypto';
import { tap } from 'rxjs';
import { encryptedColumns, type EncryptionKey, type EncryptionOptions, type Session } from 'rxcql';
import { cql, opcode, prepared, rows, when } from 'rxcql/testing';
import { expect, it } from 'vitest';
import { CANARY, print, printed, searched, serving, session } from './secrets.js';

// Keys of encrypted columns, and what they encrypt: both have a canary.

/** 32 bytes. */
const SECRET = `${CANARY}-key-abcdefghijklmn`;
const VALUE = `${CANARY}-value`;
const KEY: EncryptionKey = { id: '2026', key: Buffer.from(SECRET) };
const OTHER: EncryptionKey = { id: '2026', key: Buffer.from(SECRET.toUpperCase().replace(/^.{13}/, CANARY)) };
const PHONE = { column: 'ks.t.phone', type: 'text' };
const MAIL = { column: 'ks.t.mail', type: 'text', deterministic: '2026' };

const TABLE = { keyspace: 'ks', table: 't' };
const BLOBS = { mail: 'blob', phone: 'blob' } as const;

/** Where what comes back is what was encrypted by `written`. */
async function served(written: EncryptionOptions): Promise<string> {
  const cells = encryptedColumns(written).map((codec) => codec.encode(VALUE) as Buffer);
  return serving([
    when(opcode('PREPARE').and(cql(/^SELECT/))).reply(prepared({ parameters: {}, columns: BLOBS, ...TABLE })),
    when(opcode('PREPARE')).reply(prepared({ parameters: BLOBS, columns: BLOBS, ...TABLE })),
    when(opcode('EXECUTE')).reply(rows(BLOBS, [cells], TABLE)),
  ]);
}

const RIGHT: EncryptionOptions = { keys: [KEY], columns: [MAIL, PHONE] };
const failing = (): never => {
  throw new Error(`The vault says ${SECRET}.`);
};

/** Writes, reads, and prints whatever it gets. */
const used = [
  (one: Session) => one.execute('INSERT INTO t (mail, phone) VALUES (?, ?)', [VALUE, VALUE]).pipe(tap(print)),
  (one: Session) => one.batch([['INSERT INTO t (mail, phone) VALUES (?, ?)', [VALUE, VALUE]]]).pipe(tap(print)),
  (one: Session) => one.execute('INSERT INTO t (mail, phone) VALUES (?, ?)', [[VALUE], { [VALUE]: 1 }]),
  (one: Session) =>
    one
      .query('SELECT mail, phone FROM t', [], { prepare: true })
      .pipe(tap((page) => printed.push(String(page.toArray().length)))),
  (one: Session) =>
    one.execute('SELECT mail, phone FROM t', [], { prepare: true }).pipe(tap((page) => page.columnar())),
];

it.each<[what: string, options: object, words: RegExp]>([
  ['are right', RIGHT, /Session/],
  ['are KeyObjects', { ...RIGHT, keys: [{ id: '2026', key: createSecretKey(KEY.key as Buffer) }] }, /Session/],
  ['are found by a function', { ...RIGHT, keys: () => KEY }, /Session/],
  ['are of other bytes', { ...RIGHT, keys: [OTHER] }, /it was changed since it was encrypted/],
  [
    'have another id',
    { ...RIGHT, columns: [PHONE], keys: [{ ...KEY, id: '2027' }] },
    /the key "2026", which is not there/,
  ],
  ['are of a function that throws', { ...RIGHT, keys: failing }, /the function that gives its keys failed/],
  ['are of a function that gives a text', { ...RIGHT, keys: () => SECRET }, /that a function gave for it needs an id/],
  [
    'are of a function that gives too few bytes',
    { ...RIGHT, keys: () => ({ ...KEY, key: SECRET }) },
    /needs 32 random bytes/,
  ],
  ['are a text', { ...RIGHT, keys: SECRET }, /an array of at least one/],
  ['are texts', { ...RIGHT, keys: [SECRET] }, /keys\[0\] of encrypted columns needs an id/],
  ['have bytes that are a text', { ...RIGHT, keys: [{ id: '2026', key: SECRET }] }, /needs 32 random bytes/],
  [
    'have too many bytes',
    { ...RIGHT, keys: [{ id: '2026', key: Buffer.from(VALUE + SECRET) }] },
    /needs 32 random bytes/,
  ],
  ['are under another name', { ...RIGHT, key: SECRET }, /no option "key"/],
  ['are beside a column', { ...RIGHT, columns: [{ ...PHONE, key: SECRET }] }, /no option "key"/],
  [
    'are for values of another type',
    { ...RIGHT, columns: [{ ...PHONE, type: 'int' }] },
    /as the int that was encrypted/,
  ],
  ['are for dates', { ...RIGHT, columns: [{ ...PHONE, type: 'timestamp' }] }, /as the timestamp to be encrypted/],
])('keys that %s are nowhere, nor what they encrypt', async (_, options, words) => {
  const address = await served(RIGHT);
  let codecs;
  try {
    codecs = encryptedColumns(options as EncryptionOptions);
    print(codecs);
    for (const codec of codecs) {
      try {
        print(codec.decode(codec.encode(VALUE)) === VALUE);
      } catch (reason) {
        print(reason);
      }
    }
  } catch (reason) {
    print(reason);
    searched(words);
    return;
  }
  await session({ contactPoints: [address], codecs }, ...used);
  expect(printed.join('\n')).toMatch(/Session/);
  searched(words);
});
