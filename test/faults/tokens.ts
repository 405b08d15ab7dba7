import type { Page } from 'rxcql';
import { cql, type CqlRequest, opcode, prepared, rows, type Rule, voidResult, when } from 'rxcql/testing';

/** What stands in every value, row and password of a scenario, and may stand in nothing that is printed. */
export const CANARY = 'canary-7f3a91';

export const CREDENTIALS: { readonly username: string; readonly password: string } = {
  username: 'ada',
  password: `${CANARY}-password`,
};

export const READ = 'SELECT v FROM ks.t WHERE k = ?';
/** A write that must not be made twice. */
export const WRITE = 'INSERT INTO ks.t (k) VALUES (?)';
/** A write that may be. */
export const UPSERT = 'UPDATE ks.t SET v = 1 WHERE k = ?';

/** What reads are prepared as. */
export const PREPARED_READ = prepared({ parameters: { k: 'text' }, columns: { v: 'text' } });

/** The token that a request asks for. */
export function tokenAskedFor({ values: [token] }: CqlRequest): string {
  return typeof token === 'string' ? token : String(token);
}

/** Answers a request with its own token: a read in a row, a write in the custom payload. */
export function echo(request: CqlRequest): ReturnType<typeof rows> {
  const token = tokenAskedFor(request);
  return request.cql === READ
    ? rows({ v: 'text' }, [[token]])
    : voidResult({ customPayload: { token: Buffer.from(token) } });
}

/** A server that answers each request with its token. */
export const ECHO: readonly Rule[] = [
  when(opcode('PREPARE').and(cql(READ))).reply(PREPARED_READ),
  when(opcode('EXECUTE')).reply(echo),
];

/** The token that an answer has. */
export function tokenAnswered(page: Page): string {
  const payload = page.customPayload?.get('token');
  return payload === undefined ? String(page.one()['v']) : Buffer.from(payload).toString();
}
