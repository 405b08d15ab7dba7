import { inspect } from 'node:util';
import { vi } from 'vitest';
import { ServedConnection } from '../../src/testing/server/served-connection.js';
import { Connection } from '../../src/wire/connection.js';
import type { MachineTime } from './machine-time.js';

// What a scenario sees of the process and the driver. Each returns what ends it.

export interface ProcessWatcher {
  /** Something was thrown that nobody has caught. */
  readonly onCrash: (error: unknown) => void;
  readonly onWarning: (message: string) => void;
  /** Something was shown, on the console or by a warning. */
  readonly onPrinted: (text: string) => void;
}

export function watchProcess({ onCrash, onWarning, onPrinted }: ProcessWatcher): () => void {
  process.on('uncaughtExceptionMonitor', onCrash);
  process.on('unhandledRejection', onCrash);
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation((warning: string | Error) => {
    onWarning(String(warning));
    onPrinted(inspect(warning));
  });
  const printed = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation((...args: unknown[]) => onPrinted(inspect(args))),
  );
  return () => {
    process.off('uncaughtExceptionMonitor', onCrash);
    process.off('unhandledRejection', onCrash);
    for (const spy of [warned, ...printed]) spy.mockRestore();
  };
}

/** Collects the connections that read anything. */
export function watchConnections(connections: Set<Connection>): () => void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the connection it is of
  const { receive } = Connection.prototype;
  // Not by a mock, which would keep everything that it was called with.
  Connection.prototype.receive = function (this: Connection, envelope): void {
    connections.add(this);
    receive.call(this, envelope);
  };
  return () => (Connection.prototype.receive = receive);
}

type Method = (this: ServedConnection, ...args: unknown[]) => unknown;

/** What the server of a test does is no work of the driver. */
export function watchServers(time: MachineTime): () => void {
  const methods = ServedConnection.prototype as unknown as Record<'receive' | 'answer', Method>;
  const { receive, answer } = methods;
  methods.receive = function (...args) {
    return time.apart(() => receive.apply(this, args));
  };
  methods.answer = function (...args) {
    return time.apart(() => answer.apply(this, args));
  };
  return () => Object.assign(methods, { receive, answer });
}

/** Timers that are set from now on; those of the test runner, which knows others than the global functions, are not among them. */
export function watchTimers(timers: Set<NodeJS.Timeout>): () => void {
  const { setTimeout, setInterval } = globalThis;
  const noting =
    <A extends unknown[]>(set: (...args: A) => NodeJS.Timeout) =>
    (...args: A): NodeJS.Timeout => {
      const timer = set(...args);
      timers.add(timer);
      return timer;
    };
  Object.assign(globalThis, { setTimeout: noting(setTimeout), setInterval: noting(setInterval) });
  return () => Object.assign(globalThis, { setTimeout, setInterval });
}

/** Whether a timer is still going to keep the process alive. */
export function isRunning(timer: NodeJS.Timeout): boolean {
  return timer.hasRef() && !(timer as unknown as { readonly _destroyed: boolean })._destroyed;
}

/** What keeps a process alive, of what a session or a server has, besides timers. */
const RESOURCES: ReadonlySet<string> = new Set([
  'TCPSocketWrap',
  'TCPServerWrap',
  'TCPConnectWrap',
  'GetAddrInfoReqWrap',
]);

export const resources = (): string[] => process.getActiveResourcesInfo().filter((name) => RESOURCES.has(name));
