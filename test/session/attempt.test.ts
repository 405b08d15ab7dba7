import { expect, it } from 'vitest';
import type { ResponseContext } from '../../src/codec/responses.js';
import { DEFAULT_VALUES } from '../../src/codec/value-options.js';
import { NodeCounts } from '../../src/cluster/node-counts.js';
import { Attempt, type Attempted, type Content, without } from '../../src/session/attempt.js';
import type { Connection } from '../../src/wire/connection.js';

it('an attempt keeps what it was sent with: its request may be encoded anew for another one', () => {
  const known: ResponseContext = { values: DEFAULT_VALUES };
  const message = { buffer: Buffer.alloc(20), start: 0, end: 20 };
  const answered: Attempt[] = [];
  const content = { opcode: 10, flags: 0, message, known };
  const request = {
    expiresAt: 1,
    answered: (attempt: Attempt) => answered.push(attempt),
    lost: () => undefined,
    timedOut: () => undefined,
  } satisfies Attempted;
  const connection = { submittedAt: 20, arrivedAt: 30 } as unknown as Connection;
  const attempt = new Attempt(request, content, connection, new NodeCounts());
  attempt.begun();
  content.known = { values: DEFAULT_VALUES };
  content.message = { buffer: Buffer.alloc(40), start: 0, end: 40 };
  attempt.onResponse({ version: 5, flags: 0, streamId: 1, opcode: 8, buffer: Buffer.alloc(4), start: 0, end: 4 });
  expect(answered).toEqual([attempt]);
  expect(attempt.known).toBe(known);
  expect(attempt.message).toBe(message);
  expect(attempt.counts.requests).toBe(1);
  expect(attempt.counts.latency).toMatchObject({ count: 1, mean: 10 });
});

it('attempts of a request are left one by one, in any order', () => {
  const waiting = (...attempts: readonly Attempt[]): Attempt | undefined =>
    attempts.reduce<Attempt | undefined>((before, attempt) => Object.assign(attempt, { before }), undefined);
  const listed = (last: Attempt | undefined): Attempt[] => (last === undefined ? [] : [...listed(last.before), last]);
  const request = {} as unknown as Attempted;
  const content = {} as unknown as Content;
  const [a, b, c] = Array.from({ length: 3 }, () => new Attempt(request, content, {} as unknown as Connection, new NodeCounts())) as [Attempt, Attempt, Attempt]; // prettier-ignore
  expect(listed(without(waiting(a, b, c), c))).toEqual([a, b]);
  expect(listed(without(waiting(a, b, c), b))).toEqual([a, c]);
  expect(listed(without(waiting(a, b, c), a))).toEqual([b, c]);
  expect(listed(without(waiting(a), a))).toEqual([]);
  expect(listed(without(waiting(a, b), c))).toEqual([a, b]);
});
