import { Observable, type Subscription } from 'rxjs';
import { type CqlRequest, type CqlResponse, opcode, when } from 'rxcql/testing';
import { expect } from 'vitest';
import { scenario } from './oracles.js';
import { echo, READ, tokenAnswered } from './tokens.js';
import { until } from './waiting.js';

const LIMIT = 1_024;
const QUEUE = 10_000;
const ALL = 100_000;

// Asking for 100,000 things at once is what keeps the event loop busy.
scenario('R29 100,000 requests at once', { lag: Infinity, timeout: 60_000 }, async (world) => {
  let isHolding = false;
  const held: (() => void)[] = [];
  const hold = (request: CqlRequest): Observable<CqlResponse> =>
    new Observable((subscriber) => void held.push(() => subscriber.next(echo(request))));
  const server = await world.server([when(opcode('EXECUTE').and(() => isHolding)).reply(hold)]);
  const session = await world.session(server, { maxRequestsPerConnection: LIMIT, maxQueue: QUEUE });
  await world.read(session).ended;
  const executed: string[] = [];
  server.requests.subscribe((request) => {
    if (request.opcode === 'EXECUTE') executed.push(String(request.values[0]));
  });
  executed.length = 0;

  isHolding = true;
  const admitted: { token: string; subscription: Subscription }[] = [];
  const refusals = new Map<string, number>();
  let ended = 0;
  /** Without the oracles, which would cost more than what is measured. */
  const ask = (token: string): boolean => {
    let refusal: string | undefined;
    const subscription = session.execute(READ, [token], { timeout: 60_000 }).subscribe({
      next: (page) => {
        if (tokenAnswered(page) !== token) world.violate('O1: a request was answered with another one’s token.');
      },
      error: (error: { code: string }) => (refusal = error.code),
      complete: () => ended++,
    });
    if (refusal === undefined) admitted.push({ token, subscription });
    else refusals.set(refusal, (refusals.get(refusal) ?? 0) + 1);
    return refusal === undefined;
  };
  // To put a stack into words takes longer than all else about a refusal. Nobody has asked for it.
  let worded = 0;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is put back as it was
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = (error) => `${String(error)} ${++worded}`;
  for (let i = 0; i < ALL; i++) ask(world.newToken());
  Error.prepareStackTrace = prepareStackTrace;
  expect(worded).toBe(0);
  // At once, in the turn in which they were asked for.
  expect([admitted.length, ...refusals]).toEqual([LIMIT + QUEUE, ['ERR_RXCQL_THROTTLE', ALL - LIMIT - QUEUE]]);

  // Whoever leaves the queue gives up a place in it.
  const left = admitted.splice(5_000, 100);
  for (const { subscription } of left) subscription.unsubscribe();
  for (let i = 0; i < 100; i++) expect(ask(world.newToken())).toBe(true);
  expect(ask(world.newToken())).toBe(false);

  await until(() => held.length === LIMIT);
  isHolding = false;
  for (const release of held) release();
  await until(() => ended === LIMIT + QUEUE, 30_000);
  // First come, first served.
  expect(executed.length).toBe(admitted.length);
  expect(executed.findIndex((token, i) => token !== admitted[i]!.token)).toBe(-1);
  await world.recovers(() => world.read(session));
});
