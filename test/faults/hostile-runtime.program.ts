// A client in a process of its own, run by hostile-runtime.test.ts: does to itself what is to be done to it, and says in JSON
// what became of its requests.
import { closeSync, openSync } from 'node:fs';
import { lastValueFrom } from 'rxjs';
import { constantReconnection, createSession, type Session, type SessionOptions } from 'rxcql';
import { CREDENTIALS, READ } from './tokens.js';

const [, , mode, contactPoint, duration] = process.argv as unknown as [string, string, string, string, string];

/** Far less than what is done to it takes. */
const OPTIONS: SessionOptions = {
  contactPoints: [contactPoint],
  auth: CREDENTIALS,
  timeout: 500,
  heartbeat: { idle: 200, timeout: 200 },
  reconnection: constantReconnection({ delay: 100 }),
  schemaMetadata: false,
};

const REQUESTS = 200;

/** As many as a handshake has steps. */
const BLOCKS = 8;

const problems: string[] = [];
process.on('uncaughtException', (error) => problems.push(`uncaught: ${error.message}`));
process.on('unhandledRejection', (reason) => problems.push(`unhandled: ${String(reason)}`));

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Does nothing, and lets nothing else be done. */
function block(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Asks; says how many were answered rightly. */
async function ask(session: Session, count: number, meanwhile: () => unknown = () => undefined): Promise<number> {
  const asked = Array.from({ length: count }, (_, i) =>
    lastValueFrom(session.execute(READ, [`token ${i}`])).then(
      (page) => page.one()['v'] === `token ${i}`,
      (error: unknown) => {
        problems.push((error as Error).message);
        return false;
      },
    ),
  );
  // The requests are written by then.
  await pause(20);
  await meanwhile();
  return (await Promise.all(asked)).filter((isRight) => isRight).length;
}

function sessionWith(options: Partial<SessionOptions> = {}): { session: Session; closed: () => number } {
  const session = createSession({ ...OPTIONS, ...options });
  let closed = 0;
  session.events.subscribe(({ type }) => {
    if (type === 'connectionClosed') closed++;
  });
  return { session, closed: () => closed };
}

const modes: Readonly<Record<string, () => Promise<object>>> = {
  async blocked() {
    const { session, closed } = sessionWith();
    await ask(session, 1);
    const right = await ask(session, REQUESTS, () => block(Number(duration)));
    return { right, closed: closed() };
  },

  /** Between any two steps of a handshake. */
  async connecting() {
    const { session } = sessionWith({ connectTimeout: 200, handshakeTimeout: 400 });
    let blocks = 0;
    const blocking = setInterval(() => {
      if (++blocks <= BLOCKS) block(Number(duration));
    }, 5);
    try {
      await lastValueFrom(session.connect());
    } finally {
      clearInterval(blocking);
    }
    return { right: await ask(session, 1) };
  },

  async suspended() {
    const { session, closed } = sessionWith();
    await ask(session, 1);
    const right = await ask(session, REQUESTS, () => {
      process.send!('asked');
    });
    return { right, closed: closed() };
  },

  async descriptors() {
    const { session } = sessionWith();
    await ask(session, 1);
    const taken: number[] = [];
    const takeAll = (): void => {
      try {
        for (;;) taken.push(openSync('/dev/null', 'r'));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EMFILE') throw error;
      }
    };
    takeAll();
    // The server ends the connections, and what these give back is taken before there can be others.
    const taking = setInterval(takeAll, 1);
    process.send!('exhausted');
    await pause(Number(duration));
    clearInterval(taking);
    const during = await lastValueFrom(session.execute(READ, ['token'])).catch((error: unknown) => error as Error);
    for (const descriptor of taken) closeSync(descriptor);
    // On a busy machine it takes longer to connect again.
    const isAnswered = (): Promise<boolean> =>
      lastValueFrom(session.execute(READ, ['token'])).then(
        () => true,
        () => false,
      );
    for (let attempts = 0; attempts < 50 && !(await isAnswered()); attempts++) await pause(100);
    return { during: (during as Error).message, right: await ask(session, REQUESTS) };
  },
};

try {
  const result = await modes[mode]!();
  process.send!({ ...result, problems });
} catch (error) {
  process.send!({ problems: [...problems, String(error)] });
}
process.disconnect();
process.exit();
