import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultRetry, type Failure, fallthroughRetry, neverRetry } from '../../../src/cluster/policies/retry.js';
import {
  BindError,
  ConfigurationError,
  ConnectionError,
  ProtocolError,
  RequestTimeoutError,
  ResponseError,
  type ResponseErrorFields,
  type ResponseErrorKind,
} from '../../../src/errors.js';

const answer = (kind: ResponseErrorKind, fields?: ResponseErrorFields): ResponseError =>
  new ResponseError(kind, 'It says so.', fields);
const lost = new ConnectionError('10.0.0.1:9042', 'It is lost.');

function failure(error: Error, more: Partial<Failure> = {}): Failure {
  return { error, attempt: 1, idempotent: false, written: true, consistency: 'LOCAL_QUORUM', ...more };
}

const enough = { received: 2, blockFor: 2, dataPresent: false };
const batchLog = { received: 0, blockFor: 1, writeType: 'BATCH_LOG' };

/** What becomes of first attempts that are not idempotent, and of those that are. */
const TABLE: [what: string, error: Error, once: string, idempotent: string][] = [
  ['a connection lost', lost, 'throw', 'next'],
  ['Unavailable', answer('Unavailable', { required: 2, alive: 1 }), 'next', 'next'],
  ['ReadTimeout without the data', answer('ReadTimeout', enough), 'same', 'same'],
  ['ReadTimeout with the data', answer('ReadTimeout', { ...enough, dataPresent: true }), 'throw', 'throw'],
  ['ReadTimeout with too few answers', answer('ReadTimeout', { ...enough, received: 1 }), 'throw', 'throw'],
  ['ReadTimeout of which nothing is known', answer('ReadTimeout'), 'throw', 'throw'],
  ['WriteTimeout of the batch log', answer('WriteTimeout', batchLog), 'throw', 'same'],
  ...['SIMPLE', 'BATCH', 'UNLOGGED_BATCH', 'COUNTER', 'CAS', 'VIEW', 'CDC', 'NEW'].map(
    (writeType): [string, Error, string, string] => [
      `WriteTimeout of ${writeType}`,
      answer('WriteTimeout', { ...batchLog, writeType }),
      'throw',
      'throw',
    ],
  ),
  ['Overloaded', answer('Overloaded'), 'throw', 'next'],
  // It was refused before anything was done with it.
  ['Overloaded, shutting down', new ResponseError('Overloaded', 'Server is shutting down'), 'next', 'next'],
  ['ServerError', answer('ServerError'), 'throw', 'next'],
  ['TruncateError', answer('TruncateError'), 'throw', 'throw'],
  ['IsBootstrapping', answer('IsBootstrapping'), 'next', 'next'],
  ...(
    [
      ...['ReadFailure', 'WriteFailure', 'FunctionFailure', 'CasWriteUnknown', 'CdcWriteFailure', 'RateLimit'],
      ...['ProtocolError', 'BadCredentials', 'SyntaxError', 'Unauthorized', 'Invalid', 'ConfigError', 'AlreadyExists'],
      ...['Unprepared', 'Unknown'],
    ] as ResponseErrorKind[]
  ).map((kind): [string, Error, string, string] => [kind, answer(kind), 'throw', 'throw']),
  ['no answer in time', new RequestTimeoutError('It took too long.'), 'throw', 'throw'],
  ['an answer that makes no sense', new ProtocolError('It makes none.'), 'throw', 'throw'],
  ['an error of somebody else', new TypeError('It is none.'), 'throw', 'throw'],
];

describe('defaultRetry', () => {
  const policy = defaultRetry();

  it.each(TABLE)('after %s', (_, error, once, idempotent) => {
    expect(policy(failure(error))).toBe(once);
    expect(policy(failure(error, { idempotent: true }))).toBe(idempotent);
  });

  it('sends what never reached a server to the next node, always', () => {
    for (const attempt of [1, 2, 50]) {
      expect(policy(failure(lost, { written: false, attempt }))).toBe('next');
      expect(policy(failure(new ProtocolError('Broken.'), { written: false, attempt }))).toBe('next');
    }
    expect(policy(failure(new BindError('Wrong.'), { written: false }))).toBe('throw');
    expect(policy(failure(new RequestTimeoutError('Too long.'), { written: false }))).toBe('throw');
  });

  it('repeats some things once, overload twice', () => {
    const second = { attempt: 2, idempotent: true };
    for (const error of [answer('Unavailable'), answer('ReadTimeout', enough), answer('WriteTimeout', batchLog)]) {
      expect(policy(failure(error, second))).toBe('throw');
    }
    for (const error of [lost, answer('ServerError'), answer('Overloaded')]) {
      expect(policy(failure(error, second))).toBe('next');
    }
    const patient = defaultRetry({ maxAttempts: 10 });
    expect(patient(failure(answer('Overloaded'), { attempt: 3, idempotent: true }))).toBe('throw');
    expect(patient(failure(answer('ServerError'), { attempt: 3, idempotent: true }))).toBe('next');
  });

  it('sends a request at most three times, or as often as it was told', () => {
    const attempts = (policy: ReturnType<typeof defaultRetry>): number => {
      let attempt = 1;
      while (policy(failure(lost, { attempt, idempotent: true })) !== 'throw') attempt++;
      return attempt;
    };
    expect(attempts(policy)).toBe(3);
    expect(attempts(defaultRetry({}))).toBe(3);
    expect(attempts(defaultRetry({ maxAttempts: 1 }))).toBe(1);
    expect(attempts(defaultRetry({ maxAttempts: 20 }))).toBe(20);
  });

  it.each(['SERIAL', 'LOCAL_SERIAL'] as const)('repeats at %s reads once, and writes never', (consistency) => {
    const serial = { consistency, idempotent: true };
    expect(policy(failure(lost, serial))).toBe('next');
    expect(policy(failure(answer('Unavailable'), serial))).toBe('next');
    expect(policy(failure(lost, { ...serial, attempt: 2 }))).toBe('throw');
    expect(policy(failure(answer('WriteTimeout', batchLog), serial))).toBe('throw');
    expect(policy(failure(lost, { consistency }))).toBe('throw');
    expect(policy(failure(lost, { ...serial, attempt: 9, written: false }))).toBe('next');
  });

  it.each([{ maxAttempts: 0 }, { maxAttempts: 2.5 }, { maxAttempts: Number.POSITIVE_INFINITY }, { attempts: 3 }])(
    'refuses %j',
    (options) => {
      expect(() => defaultRetry(options as { maxAttempts: number })).toThrow(ConfigurationError);
    },
  );
});

const anyFailure = fc.record({
  error: fc.constantFrom(...TABLE.map(([, error]) => error)),
  attempt: fc.integer({ min: 1, max: 5 }),
  idempotent: fc.boolean(),
  written: fc.boolean(),
  consistency: fc.constantFrom('ONE' as const, 'SERIAL' as const),
});

describe('other policies', () => {
  it('neverRetry never does', () => {
    fc.assert(fc.property(anyFailure, (failure) => neverRetry()(failure) === 'throw'));
  });

  it('fallthroughRetry sends only what never reached a server to the next node', () => {
    fc.assert(
      fc.property(anyFailure, (failure) => {
        const isSafe = !failure.written && (failure.error === lost || failure.error instanceof ProtocolError);
        expect(fallthroughRetry()(failure)).toBe(isSafe ? 'next' : 'throw');
      }),
    );
  });
});
