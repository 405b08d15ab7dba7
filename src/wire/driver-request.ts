import type { Subscriber } from 'rxjs';
import type { Envelope, ProtocolVersion } from '../codec/envelope.js';
import type { Extensions } from '../codec/extensions.js';
import { readResponse, type Response } from '../codec/responses.js';
import { DEFAULT_VALUES, type ValueSettings } from '../codec/value-options.js';
import type { Slice, Writer } from '../codec/writer.js';
import { type CqlError, RequestTimeoutError } from '../errors.js';
import type { InFlight } from './in-flight.js';

/** A request of the driver's own, given as a body. */
export interface Request {
  readonly opcode: number;
  write(writer: Writer, version: ProtocolVersion): void;
}

export interface SendOptions {
  /** Milliseconds. */
  readonly timeout: number;
  /** What the values of the response are to be; by default what they are without any options. */
  readonly values?: ValueSettings;
}

/** Who is asked: a connection. */
export interface Asked {
  readonly host: string;
  readonly extensions: Extensions;
}

/** What the driver asks for its own purposes goes out under this id. */
export const DRIVER_STREAM_ID = 0;

/** A request of the driver's own in flight, reported to `subscriber`: its response and completion, or an error. */
export class DriverRequest implements InFlight {
  streamId: number = DRIVER_STREAM_ID;
  isQueued = false;
  readonly flags = 0;
  readonly takesPlace = false;
  readonly opcode: number;
  readonly expiresAt: number;
  readonly message: Slice;

  private readonly asked: Asked;
  private readonly options: SendOptions;
  private readonly subscriber: Subscriber<Response>;

  constructor(
    asked: Asked,
    opcode: number,
    message: Slice,
    expiresAt: number,
    options: SendOptions,
    subscriber: Subscriber<Response>,
  ) {
    this.asked = asked;
    this.opcode = opcode;
    this.message = message;
    this.expiresAt = expiresAt;
    this.options = options;
    this.subscriber = subscriber;
  }

  onResponse(envelope: Envelope): void {
    const { subscriber } = this;
    const { host, extensions } = this.asked;
    let response: Response;
    try {
      response = readResponse(envelope, { values: this.options.values ?? DEFAULT_VALUES }, extensions);
    } catch (error) {
      subscriber.error(error);
      return;
    }
    if (response.kind === 'error') {
      subscriber.error(Object.assign(response.error, { coordinator: host }));
    } else {
      subscriber.next(response);
      subscriber.complete();
    }
  }

  onFailure(error: CqlError): void {
    this.subscriber.error(error);
  }

  onTimeout(): void {
    this.subscriber.error(
      new RequestTimeoutError(`${this.asked.host} did not answer within ${this.options.timeout} ms.`),
    );
  }
}
