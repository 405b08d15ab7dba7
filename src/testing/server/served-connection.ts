import { concatMap, from, map, of, type Observable, Subject, timer } from 'rxjs';
import type { Compression } from '../../codec/compression.js';
import { type Envelope, Opcode, type ProtocolVersion } from '../../codec/envelope.js';
import { CqlError } from '../../errors.js';
import { pieces } from './chunked.js';
import { encodeResponse } from './encode-response.js';
import { error } from './error-response.js';
import { bareEnvelope, segmentsOf } from './frame-responses.js';
import { parseRequest } from './parse-request.js';
import type { CqlRequest } from './request.js';
import { RequestDecoder, type ServerFraming } from './request-decoder.js';
import { type AnswerContext, type CqlResponse, withHeader } from './response.js';
import { type Disconnection, isPlain, type Treatment } from './rule.js';
import type { ServerStatements } from './server-statement.js';

/** The other end of a connection. */
export interface Transport {
  write(bytes: Buffer): void;
  /** Ends it in order. */
  end(): void;
  /** Breaks it. */
  reset(): void;
  /** Takes nothing more from it. */
  stopReading(): void;
}

/** What a connection needs of the server that it is made to. */
export interface ConnectionHost {
  /** The protocol versions that a node speaks. */
  versionsOf(node: string): readonly ProtocolVersion[];
  /** What it offers to compress with. */
  readonly compression: Compression | undefined;
  readonly statements: ServerStatements;
  receive(request: CqlRequest, connection: ServedConnection): void;
}

/** What is done to a socket, in order. */
type Output = () => void;

/** One connection, seen from the server: what comes in becomes requests, and what they are answered with becomes bytes. */
export class ServedConnection {
  readonly number: number;
  /** The node that was connected to, as `host:port`. */
  readonly node: string;
  /** Emits once, when the connection is over. */
  readonly closed: Subject<undefined> = new Subject();
  /** Whether the client may ask for more than to be let in. */
  isReady = false;
  /** Where names without a keyspace are looked up. */
  keyspace: string | undefined;

  /** The protocol versions that the node speaks. */
  readonly versions: readonly ProtocolVersion[];

  private readonly host: ConnectionHost;
  private readonly transport: Transport;
  private readonly framing: ServerFraming = { segmented: false, compression: undefined };
  private readonly decoder = new RequestDecoder(this.framing);
  private readonly output = new Subject<Observable<Output>>();
  private readonly events = new Set<string>();
  private version: ProtocolVersion;
  private isOpen = true;
  private isHalfOpen = false;
  /** Whether the client has asked for metadata ids, as a rule for OPTIONS may have offered. */
  private isExtended = false;
  private corks = 0;
  /** What waits for the end of the turn: bytes, and behind them envelopes for segments. */
  private bytes: Buffer[] = [];
  private envelopes: Buffer[] = [];

  constructor(number: number, node: string, host: ConnectionHost, transport: Transport) {
    this.number = number;
    this.node = node;
    this.host = host;
    this.transport = transport;
    this.versions = host.versionsOf(node);
    this.version = Math.max(...this.versions) as ProtocolVersion;
    this.output.pipe(concatMap((outputs) => outputs)).subscribe((output) => {
      if (this.isOpen) output();
    });
  }

  /** Takes bytes of the client, however chunked. What is answered to them at once leaves in one piece. */
  receive(chunk: Uint8Array): void {
    if (!this.isOpen || this.isHalfOpen) return;
    this.cork();
    try {
      this.decoder.read(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length), (envelope) => this.read(envelope));
    } catch (reason) {
      this.refuse(0, reason);
      this.disconnect('end');
    }
    this.uncork();
  }

  /** Sends a response to a request, or one of its own. */
  answer(response: CqlResponse, request: CqlRequest | undefined, treatment?: Treatment): void {
    const statement = request?.preparedId && this.host.statements.get(request.preparedId);
    const version = request?.version ?? this.version;
    const context: AnswerContext = { version, hasMetadataIds: this.hasMetadataIds, request, statement };
    const answer = response.answering(request);
    const { opcode, statement: prepare } = answer.parts;
    if (request?.opcode === 'PREPARE' && prepare !== undefined) this.host.statements.add(prepare(request));
    const envelope = encodeResponse(answer, context);
    if (treatment === undefined || isPlain(treatment)) {
      if (this.framing.segmented) this.envelopes.push(envelope);
      else this.bytes.push(bareEnvelope(envelope, this.framing.compression));
      this.goOn(opcode);
      if (this.corks === 0) this.flush();
    } else {
      const isSegmented = this.framing.segmented && !treatment.isUnsegmented;
      const { compression } = this.framing;
      let bytes = isSegmented ? segmentsOf([envelope], compression) : bareEnvelope(envelope, compression);
      for (const transform of treatment.transforms) bytes = Buffer.from(transform(bytes));
      this.write(bytes, treatment.chunkSize);
      this.goOn(opcode);
    }
  }

  /** Sends an event, if the client has registered for it. */
  push(event: CqlResponse): void {
    if (this.events.has(event.parts.eventType ?? '')) this.answer(event, undefined);
  }

  /** Writes bytes as they are, behind what was said before. */
  write(bytes: Buffer, chunkSize: number = bytes.length): void {
    this.flush();
    const [first, ...rest] = pieces(bytes, chunkSize).map((piece) => this.writing(piece));
    if (first === undefined) return;
    this.output.next(
      rest.length === 0
        ? of(first)
        : from([first, ...rest]).pipe(
            concatMap((output, i) => (i === 0 ? of(output) : timer(0).pipe(map(() => output)))),
          ),
    );
  }

  /** Ends the connection, behind what was said before. */
  disconnect(how: Disconnection): void {
    this.flush();
    this.output.next(
      of(() => {
        if (how === 'reset') this.transport.reset();
        else this.transport.end();
        this.close();
      }),
    );
  }

  /** Neither reads nor writes any more, without telling. */
  halfOpen(): void {
    this.flush();
    this.output.next(
      of(() => {
        this.transport.stopReading();
        this.isHalfOpen = true;
      }),
    );
  }

  /** The connection is over. */
  close(): void {
    this.isOpen = false;
    this.output.complete();
    this.closed.next(undefined);
    this.closed.complete();
  }

  /** Keeps what is said until {@link uncork} is called as often. */
  cork(): void {
    this.corks++;
  }

  uncork(): void {
    if (--this.corks === 0) this.flush();
  }

  private read(envelope: Envelope): void {
    if (!this.isOpen || this.isHalfOpen) return;
    const { statements } = this.host;
    const version = this.versions.find((one) => one === envelope.version);
    if (version === undefined) {
      this.refuseVersion(envelope.version);
      return;
    }
    this.version = version;
    let request: CqlRequest;
    try {
      const { number: connection, node } = this;
      const { hasMetadataIds } = this;
      request = parseRequest(envelope, {
        connection,
        node,
        version,
        hasMetadataIds,
        statement: (id) => statements.get(id),
      });
    } catch (reason) {
      this.refuse(envelope.streamId, reason);
      return;
    }
    if (request.opcode === 'STARTUP') this.agree(request);
    for (const event of request.events ?? []) this.events.add(event);
    this.host.receive(request, this);
  }

  private agree({ options }: CqlRequest): void {
    this.isExtended = options?.has('SCYLLA_USE_METADATA_ID') === true;
    const { compression } = this.host;
    if (options?.get('COMPRESSION')?.toLowerCase() === compression?.name) this.framing.compression = compression;
  }

  /** From READY and AUTHENTICATE on, v5 has segments; READY and AUTH_SUCCESS let the client in. */
  private goOn(opcode: number): void {
    if (opcode === Opcode.READY || opcode === Opcode.AUTH_SUCCESS) this.isReady = true;
    if (this.version >= 5 && (opcode === Opcode.READY || opcode === Opcode.AUTHENTICATE)) this.framing.segmented = true;
  }

  /** As Cassandra does: in its own newest version, and on a stream of its own choice, since it cannot read the request. */
  private refuseVersion(version: number): void {
    const known = this.versions.map((one) => `${one}/v${one}`).join(', ');
    const message = `Invalid or unsupported protocol version (${version}); supported versions are (${known})`;
    this.answer(withHeader(error('ProtocolError', { message }), { streamId: 0 }), undefined);
  }

  private get hasMetadataIds(): boolean {
    return this.version >= 5 || this.isExtended;
  }

  private refuse(streamId: number, reason: unknown): void {
    const message = reason instanceof CqlError ? reason.message : `The server of the test failed: ${String(reason)}`;
    this.answer(withHeader(error('ProtocolError', { message }), { streamId }), undefined);
  }

  private flush(): void {
    const { bytes, envelopes } = this;
    this.bytes = [];
    this.envelopes = [];
    if (envelopes.length > 0) bytes.push(segmentsOf(envelopes, this.framing.compression));
    const [all] = bytes.length > 1 ? [Buffer.concat(bytes)] : bytes;
    if (all !== undefined) this.output.next(of(this.writing(all)));
  }

  private writing(bytes: Buffer): Output {
    return () => {
      if (!this.isHalfOpen) this.transport.write(bytes);
    };
  }
}
