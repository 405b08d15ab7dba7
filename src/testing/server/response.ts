import { type Checks, checkOptions, list, payload, text, wholeNumber } from '../../check.js';
import { Opcode, type ProtocolVersion } from '../../codec/envelope.js';
import type { Writer } from '../../codec/writer.js';
import type { CqlRequest } from './request.js';
import type { ServerStatement } from './server-statement.js';

/** What may come with any result or error, besides itself. */
export interface ResponseOptions {
  readonly warnings?: readonly string[];
  readonly customPayload?: Readonly<Record<string, Uint8Array>>;
  /** The UUID of a trace. A request that asks for one gets one anyway. */
  readonly tracingId?: string;
}

/** The names of {@link ResponseOptions}, and what they may be. */
export const RESPONSE_CHECKS: Checks<ResponseOptions> = { warnings: list, customPayload: payload, tracingId: text };

/** The header of an envelope, where it shall not be what the request wants. */
export interface HeaderOptions {
  /** -1 is the server's own, for events. */
  readonly streamId?: number;
  readonly version?: number;
  readonly opcode?: number;
  readonly flags?: number;
}

/** What a response depends on when it is sent. */
export interface AnswerContext {
  readonly version: ProtocolVersion;
  /** Whether prepared statements have metadata ids. Default: in v5. */
  readonly hasMetadataIds?: boolean;
  /** Undefined for what is said unasked. */
  readonly request: CqlRequest | undefined;
  /** The statement that is executed, if the server knows it. */
  readonly statement: ServerStatement | undefined;
}

interface ResponseParts {
  readonly opcode: number;
  readonly write: (writer: Writer, context: AnswerContext) => void;
  readonly options?: ResponseOptions | undefined;
  readonly header?: HeaderOptions | undefined;
  readonly statement?: ((request: CqlRequest) => ServerStatement) | undefined;
  readonly preparation?: CqlResponse | undefined;
  /** Of an event: what one registers for. */
  readonly eventType?: string | undefined;
  /** What a diagram shows of it; default: the name of its opcode. */
  readonly seen?: (() => SeenResponse) | undefined;
}

/** A response in a diagram: a word, or rows. */
export type SeenResponse = string | { readonly rows: readonly unknown[]; readonly hasMorePages: boolean };

const NAMES = new Map<number, string>(Object.entries(Opcode).map(([name, opcode]) => [opcode, name]));

/**
 * Something that a server says: made by `rows()`, `voidResult()`, `error()` and others, encoded when it is sent, in the
 * version of the connection. One can be sent any number of times.
 */
export class CqlResponse {
  readonly #parts: ResponseParts;

  /** @internal */
  constructor(parts: ResponseParts) {
    this.#parts = parts;
  }

  /** @internal What is written, and how. */
  get parts(): ResponseParts {
    return this.#parts;
  }

  /** @internal What a diagram shows of it. */
  get seen(): SeenResponse {
    const { seen, opcode } = this.#parts;
    return seen?.() ?? NAMES.get(opcode) ?? String(opcode);
  }

  /** @internal What answers a request: PREPARE wants the description of a result, not the result. */
  answering(request: CqlRequest | undefined): CqlResponse {
    return (request?.opcode === 'PREPARE' ? this.#parts.preparation : undefined) ?? this;
  }
}

const BYTE = wholeNumber(0, 0xff);
const HEADER_CHECKS: Checks<HeaderOptions> = {
  streamId: wholeNumber(-0x8000, 0x7fff),
  version: BYTE,
  opcode: BYTE,
  flags: BYTE,
};

/**
 * The same response under a header that lies: another stream, another version, another opcode.
 *
 * @throws ConfigurationError for a part that a header has not.
 *
 * @example
 * ```ts
 * when(opcode('QUERY')).reply(withHeader(voidResult(), { streamId: 77 }));
 * ```
 */
export function withHeader(response: CqlResponse, header: HeaderOptions): CqlResponse {
  checkOptions(header, HEADER_CHECKS, 'parts of a header');
  return new CqlResponse({ ...response.parts, preparation: undefined, header });
}
