import { PassThrough, Readable } from 'node:stream';
import { firstValueFrom, NEVER, type Observable, of } from 'rxjs';
import type { Session } from 'rxcql';
import type { Host, Worker } from '../../src/cli/host.js';
import { run } from '../../src/cli/run.js';

export interface Given {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Both outputs are terminals. */
  readonly isTerminal?: boolean;
  readonly signals?: Observable<unknown>;
  readonly session?: Session;
  readonly spawn?: (args: readonly string[], env: Readonly<Record<string, string>>) => Worker;
}

/** What a program has written. */
export interface Written {
  readonly out: () => string;
  readonly err: () => string;
}

/** A process that is none. */
export function testHost({ env = {}, stdin = '', isTerminal = false, signals = NEVER, ...given }: Given = {}): {
  host: Host;
  asked: object[];
} & Written {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()].map((stream) =>
    Object.assign(stream, isTerminal ? { isTTY: true, columns: 120 } : {}),
  ) as [PassThrough, PassThrough];
  const texts = [stdout, stderr].map((stream) => {
    let text = '';
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    return () => text;
  });
  const asked: object[] = [];
  const host: Host = {
    stdin: Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]),
    stdout,
    stderr,
    env,
    signals,
    keepHeap: () => undefined,
    createSession: (options) => {
      asked.push(options);
      if (given.session === undefined) throw new Error('There is no session in this test.');
      return given.session;
    },
    spawn: (args, variables) => {
      if (given.spawn === undefined) throw new Error('There are no workers in this test.');
      return given.spawn(args, variables);
    },
  };
  return { host, asked, out: texts[0]!, err: texts[1]! };
}

/** Runs the program to its end. */
export async function rxcql(
  argv: readonly string[],
  given: Given = {},
): Promise<{ code: number; out: string; err: string; asked: object[] }> {
  const { host, asked, out, err } = testHost(given);
  const code = await firstValueFrom(run(argv, host));
  // What was written last is heard a turn later.
  await new Promise((resolve) => setImmediate(resolve));
  return { code, out: out(), err: err(), asked };
}

/** A session that can also be closed and measured, as that of a command is. */
export function closable(session: Session): Session & { readonly closed: number } {
  const latency = { count: 1, mean: 2, percentile: (p: number) => (p === 50 ? 1.5 : 9) };
  const metrics = { bytesIn: 4_096, bytesOut: 1_024, latency };
  let closed = 0;
  return Object.defineProperties({ ...session } as Session & { closed: number }, {
    metrics: { get: () => metrics },
    closed: { get: () => closed },
    close: { value: () => (closed++, of(undefined)), configurable: true },
  }); // prettier-ignore
}
