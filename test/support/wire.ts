import { firstValueFrom, ReplaySubject, type Subscription } from 'rxjs';
import { connect, type ConnectOptions } from '../../src/wire/connect.js';
import type { Connection } from '../../src/wire/connection.js';
import type { InFlight } from '../../src/wire/in-flight.js';
import { machine } from '../../src/wire/environment.js';
import { SessionVersion } from '../../src/wire/session-version.js';
import { wireOf } from '../../src/wire/wire.js';
import { Opcode, type ProtocolVersion } from '../../src/codec/envelope.js';
import { writeQuery } from '../../src/codec/requests.js';

/** Those of a connection, of which the version may be forced. */
export type TestOptions = Partial<ConnectOptions> & { readonly protocolVersion?: ProtocolVersion };

export function connectOptions({ protocolVersion, ...options }: TestOptions = {}): ConnectOptions {
  return {
    version: new SessionVersion(protocolVersion),
    startup: {},
    connectTimeout: 1_000,
    handshakeTimeout: 1_000,
    heartbeat: { idle: 10_000, timeout: 1_000 },
    wire: wireOf(machine),
    ...options,
  };
}

/** A connection that is open, and what ended it. */
export interface Opened {
  readonly connection: Connection;
  readonly subscription: Subscription;
  readonly ended: Promise<Error>;
}

export async function open(port: number, options: TestOptions = {}): Promise<Opened> {
  const ready = new ReplaySubject<Connection>(1);
  const ended = new ReplaySubject<Error>(1);
  const subscription = connect({ host: '127.0.0.1', port }, connectOptions(options)).subscribe({
    next: (connection) => ready.next(connection),
    error: (error: Error) => {
      ended.next(error);
      ready.error(error);
    },
  });
  return { connection: await firstValueFrom(ready), subscription, ended: firstValueFrom(ended) };
}

/** A request that notes what becomes of it. */
export class Probe implements InFlight {
  streamId = 0;
  isQueued = false;
  readonly opcode = Opcode.QUERY;
  readonly flags = 0;
  readonly takesPlace = true;
  readonly message: InFlight['message'];
  readonly events: string[] = [];
  readonly expiresAt: number;
  private settle!: () => void;
  readonly settled = new Promise<void>((resolve) => (this.settle = resolve));

  constructor(connection: Connection, cql: string, expiresAt = Infinity) {
    this.expiresAt = expiresAt;
    this.message = connection.encode((writer) => writeQuery(writer, connection.version, cql, { consistency: 1 }));
  }

  onResponse(envelope: { opcode: number; buffer: Buffer; start: number; end: number }): void {
    this.note(`response ${envelope.buffer.toString('utf8', envelope.start, envelope.end)}`);
  }

  onFailure(error: Error, written: boolean): void {
    this.note(`${written ? 'written' : 'unwritten'}: ${error.message}`);
  }

  onTimeout(written: boolean): void {
    this.note(`timeout, ${written ? 'written' : 'unwritten'}`);
  }

  private note(event: string): void {
    this.events.push(event);
    this.settle();
  }
}
