import { Observable, Subject } from 'rxjs';
import { type Dialect, dialectOf } from '../codec/dialect.js';
import { type Envelope, HEADER_LENGTH, Opcode, type ProtocolVersion } from '../codec/envelope.js';
import type { CqlEvent } from '../codec/event.js';
import { type Extensions, NO_EXTENSIONS } from '../codec/extensions.js';
import { readResponse, type Response } from '../codec/responses.js';
import type { Slice, Writer } from '../codec/writer.js';
import { ConnectionError, type CqlError, ProtocolError } from '../errors.js';
import type { Watched } from './deadlines.js';
import { DRIVER_STREAM_ID, DriverRequest, type Request, type SendOptions } from './driver-request.js';
import { EventFeed } from './event-feed.js';
import type { Framing } from './framing.js';
import type { InFlight } from './in-flight.js';
import { Orphans } from './orphans.js';
import { Outbox } from './outbox.js';
import type { Endpoint } from './socket.js';
import { MAX_STREAM_IDS, StreamIds } from './stream-ids.js';
import type { Wire } from './wire.js';

/** How many bytes may wait while the other side does not read what was written. */
const MAX_WAITING = 2 * 1024 * 1024;

/** What ends a connection that has retired. */
export class ReplacedError extends ConnectionError {
  constructor(host: string) {
    super(host, `The connection to ${host} was replaced.`);
  }
}

/** Stands for a request that nobody waits for any more, until its answer comes and gives its stream id back. */
const ORPHAN = Symbol('orphan');

/**
 * One connection to one node: many requests in flight, told apart by stream ids; their answers in any order. It is made,
 * and kept alive, by `connect()`.
 */
export class Connection implements Watched {
  /** The node, as `host:port`. */
  readonly host: string;
  readonly version: ProtocolVersion;
  /** What the server says unasked. Completes with the connection. */
  readonly events: Observable<CqlEvent>;

  /** What the server offers, by the names of SUPPORTED. */
  supported: ReadonlyMap<string, readonly string[]> = new Map();
  /** What of that was agreed on. */
  extensions: Extensions = NO_EXTENSIONS;
  /** What requests are encoded for. */
  dialect: Dialect;
  /** The other end of its socket. */
  remote: Endpoint | undefined;
  /** Emits once, when nothing new is to be asked here and another connection is to take its place. */
  readonly retired: Subject<undefined> = new Subject();
  /** Emits when whoever keeps the connection alive is to look at once whether it is. */
  readonly probes: Subject<undefined> = new Subject();

  /** @internal Errors when the connection is of no use any more, though nothing is wrong with its socket. */
  readonly broken: Subject<never> = new Subject();
  /** @internal What is to be written. */
  readonly outgoing: Subject<Uint8Array> = new Subject();
  /** @internal */
  readonly framing: Framing = { segmented: false, compression: undefined };

  private readonly wire: Wire;
  private readonly feed: EventFeed;
  private readonly ids = new StreamIds(MAX_STREAM_IDS);
  private readonly pending: (InFlight | typeof ORPHAN | undefined)[] = [];
  private readonly orphans = new Orphans();
  private readonly outbox: Outbox;
  private cancelFlush: (() => void) | undefined;
  private isWritable = true;
  private isWatched = false;
  private hasAnswered = false;
  private isRetired = false;
  private failure: CqlError | undefined;
  private placesTaken = 0;
  private flying = 0;
  /** When the turn began whose requests wait to be written, and when bytes last came in: clocks are not read for each request. */
  submittedAt = 0;
  arrivedAt = 0;
  /** Whether bytes have come in at all. */
  hasHeard = false;

  constructor(host: string, version: ProtocolVersion, wire: Wire) {
    this.host = host;
    this.version = version;
    this.dialect = dialectOf(version);
    this.wire = wire;
    this.outbox = new Outbox(version);
    this.feed = new EventFeed(host);
    this.events = this.feed.events;
  }

  /** How many places are taken by requests that wait for their answers. */
  get inFlight(): number {
    return this.placesTaken;
  }

  get isOpen(): boolean {
    return this.failure === undefined;
  }

  /** Whether it would take another request. */
  get hasRoom(): boolean {
    return this.failure === undefined && !this.isRetired && this.ids.available > 0 && !this.isCongested;
  }

  /** Whether so much waits for a node that does not read that more had better go elsewhere, or wait where it costs nothing. */
  private get isCongested(): boolean {
    return !this.isWritable && this.outbox.length >= MAX_WAITING;
  }

  /** Whether nothing has been received yet: the first answer may come in another protocol version. */
  get isFresh(): boolean {
    return !this.hasAnswered;
  }

  /** Why it is closed. */
  get error(): CqlError | undefined {
    return this.failure;
  }

  /** Sends a request, at the latest at the end of this turn; false if the connection is closed or has no stream id left. */
  submit(request: InFlight): boolean {
    if (!this.hasRoom) return false;
    this.enqueue(request, this.ids.allocate());
    return true;
  }

  /** Stops waiting for a request that was submitted. One that was not written yet never will be. */
  cancel(request: InFlight): void {
    if (this.pending[request.streamId] === request) this.drop(request);
  }

  /**
   * Asks something on behalf of the driver. Cold; emits the response and completes. Errors with a `ResponseError` if the
   * server answers one, a {@link RequestTimeoutError}, or what ended the connection.
   */
  send(request: Request, options: SendOptions): Observable<Response> {
    return new Observable((subscriber) => {
      if (this.failure !== undefined) {
        subscriber.error(this.failure);
        return undefined;
      }
      const message = this.encode((writer) => request.write(writer, this.version));
      const expiresAt = this.wire.deadlines.after(options.timeout);
      const inFlight = new DriverRequest(this, request.opcode, message, expiresAt, options, subscriber);
      // The driver's own id is one: what comes while it is taken goes out under an ordinary one.
      const id = this.pending[DRIVER_STREAM_ID] === undefined ? DRIVER_STREAM_ID : this.ids.allocate();
      if (id === -1) subscriber.error(owesAnswers(this.host));
      else this.enqueue(inFlight, id);
      return () => this.cancel(inFlight);
    });
  }

  /** Writes a body, with room for its header. @throws BindError if it is larger than servers accept. */
  encode(body: (writer: Writer) => void): Slice {
    return this.wire.writer.encode(HEADER_LENGTH, body);
  }

  /** How many answers are owed to nobody. */
  get orphaned(): number {
    return this.orphans.count;
  }

  /** Takes nothing more, lets what is in flight end, and then ends the connection. */
  retire(): void {
    if (this.isRetired || this.failure !== undefined) return;
    this.isRetired = true;
    this.retired.next(undefined);
    this.endIfDone();
  }

  /** @internal */
  bytesArrived(count: number): void {
    this.hasHeard = true;
    this.arrivedAt = this.wire.now();
    this.wire.traffic.received += count;
  }

  /** @internal Hands an envelope to whoever waits for it. */
  receive(envelope: Envelope): void {
    const { opcode } = envelope;
    if (this.version >= 5 && (opcode === Opcode.READY || opcode === Opcode.AUTHENTICATE)) this.framing.segmented = true;
    if (envelope.streamId < 0) {
      // Ids below zero are the server's own. An answer there is one that somebody waits for in vain.
      if (opcode !== Opcode.EVENT) throw this.unexpected(envelope);
      this.feed.receive(envelope);
      return;
    }
    // A server that does not speak our version answers on a stream of its own choice.
    const id = this.isFresh && opcode === Opcode.ERROR ? DRIVER_STREAM_ID : envelope.streamId;
    this.hasAnswered = true;
    const request = this.pending[id];
    if (request === undefined || (request !== ORPHAN && request.isQueued)) throw this.unexpected(envelope);
    this.pending[id] = undefined;
    if (id !== DRIVER_STREAM_ID) this.ids.release(id);
    if (request === ORPHAN) {
      this.orphans.delete(id);
      return;
    }
    this.land(request);
    request.onResponse(envelope);
    if (this.isRetired) this.endIfDone();
  }

  /** @internal Told by the socket: whether the other side keeps up with what we write. */
  setWritable(writable: boolean): void {
    this.isWritable = writable;
    if (writable) this.flush();
  }

  sweep(tick: number): boolean {
    for (const request of this.pending) {
      if (typeof request === 'object' && request.expiresAt <= tick) request.onTimeout(this.drop(request));
    }
    if (this.orphans.areTooMany(tick)) this.retire();
    if (this.isRetired) this.endIfDone();
    this.isWatched = this.flying > 0 || this.orphans.areMany;
    return this.isWatched && this.failure === undefined;
  }

  /** @internal Ends the connection: everything in flight fails, each exactly once, and nothing is taken any more. */
  fail(error: CqlError): void {
    if (this.failure !== undefined) return;
    this.failure = error;
    this.cancelFlush?.();
    // One by one: what a request does when it hears of it may well be to cancel others.
    for (const request of this.pending) {
      if (typeof request === 'object') request.onFailure(error, this.drop(request));
    }
    this.feed.complete();
  }

  private enqueue(request: InFlight, id: number): void {
    request.streamId = id;
    this.pending[id] = request;
    this.flying++;
    if (request.takesPlace) this.placesTaken++;
    this.outbox.add(request);
    if (this.cancelFlush === undefined) {
      this.submittedAt = this.wire.now();
      this.cancelFlush = this.wire.endOfTurn(() => this.flush());
    }
    if (this.isWritable && this.outbox.isWorthAWrite(this.flying)) this.flush();
    if (!this.isWatched) {
      this.isWatched = true;
      this.wire.deadlines.watch(this);
    }
  }

  /** Forgets a request; says whether it was written, in which case its stream id stays taken until it is answered. */
  private drop(request: InFlight): boolean {
    const id = request.streamId;
    const written = !this.outbox.remove(request);
    this.land(request);
    this.pending[id] = written ? ORPHAN : undefined;
    if (written) this.orphans.add(id, this.wire.deadlines.now);
    else if (id !== DRIVER_STREAM_ID) this.ids.release(id);
    return written;
  }

  private land(request: InFlight): void {
    this.flying--;
    if (request.takesPlace) this.placesTaken--;
  }

  private endIfDone(): void {
    if (this.flying === 0) this.broken.error(new ReplacedError(this.host));
  }

  /** Writes what waits. */
  private flush(): void {
    this.cancelFlush?.();
    this.cancelFlush = undefined;
    while (this.isWritable && !this.outbox.isEmpty) {
      const bytes = this.outbox.take(this.framing);
      this.wire.traffic.sent += bytes.length;
      this.outgoing.next(bytes);
    }
  }

  private unexpected(envelope: Envelope): ProtocolError {
    if (envelope.opcode === Opcode.ERROR) {
      const response = readResponse(envelope);
      if (response.kind === 'error') {
        return new ProtocolError(`${this.host} could not read a request: ${response.error.message}`, {
          cause: response.error,
        });
      }
    }
    return new ProtocolError(`${this.host} answered on stream ${envelope.streamId}, where nothing was asked.`);
  }
}

function owesAnswers(host: string): ConnectionError {
  return new ConnectionError(host, `${host} owes an answer on every stream of the connection.`);
}
