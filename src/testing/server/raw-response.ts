import { Opcode } from '../../codec/envelope.js';
import { ConfigurationError } from '../../errors.js';
import { CqlResponse } from './response.js';

/** What a server can say. */
export type ResponseOpcode =
  'ERROR' | 'READY' | 'AUTHENTICATE' | 'SUPPORTED' | 'RESULT' | 'EVENT' | 'AUTH_CHALLENGE' | 'AUTH_SUCCESS';

/**
 * A response with a body of your own, which need not be one: in a proper envelope, and on v5 in a proper segment, where only
 * who reads the body can notice.
 *
 * @throws ConfigurationError for an opcode that there is not.
 *
 * @example
 * ```ts
 * // Rows without end, and without columns.
 * rawResponse('RESULT', Buffer.from('00000002 00000004 00000000 7fffffff'.replaceAll(' ', ''), 'hex'));
 * ```
 */
export function rawResponse(opcode: ResponseOpcode, body: Uint8Array): CqlResponse {
  if (!Object.hasOwn(Opcode, opcode)) throw new ConfigurationError(`There is no opcode "${opcode}".`);
  return new CqlResponse({ opcode: Opcode[opcode], write: (writer) => writer.bytes(body) });
}
