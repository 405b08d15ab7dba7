import type { ProtocolVersion } from '../codec/envelope.js';
import type { Extensions } from '../codec/extensions.js';

const LWT_MASK = 'LWT_OPTIMIZATION_META_BIT_MASK';

/** What is agreed on, and how STARTUP says so. */
export interface Agreement {
  readonly extensions: Extensions;
  readonly startup: Readonly<Record<string, string>>;
}

/**
 * Takes of the extensions that a server offers in SUPPORTED those that the driver knows. ScyllaDB wants each to be asked for.
 *
 * ```
 * SCYLLA_RATE_LIMIT_ERROR        ERROR_CODE=<u32>
 * SCYLLA_USE_METADATA_ID                                                in v4; v5 has it anyway
 * SCYLLA_LWT_ADD_METADATA_MARK   LWT_OPTIMIZATION_META_BIT_MASK=<u32>   asked for with the same text
 * TABLETS_ROUTING_V1
 * ```
 */
export function negotiateExtensions(
  supported: ReadonlyMap<string, readonly string[]>,
  version: ProtocolVersion,
): Agreement {
  const rateLimitCode = numberIn(supported.get('SCYLLA_RATE_LIMIT_ERROR'), 'ERROR_CODE');
  const hasMetadataIds = version < 5 && supported.has('SCYLLA_USE_METADATA_ID');
  const conditionalMask = numberIn(supported.get('SCYLLA_LWT_ADD_METADATA_MARK'), LWT_MASK) ?? 0;
  const hasTablets = supported.has('TABLETS_ROUTING_V1');
  return {
    extensions: { rateLimitCode, hasMetadataIds, conditionalMask, hasTablets },
    startup: {
      ...(rateLimitCode !== undefined && { SCYLLA_RATE_LIMIT_ERROR: '' }),
      ...(hasMetadataIds && { SCYLLA_USE_METADATA_ID: '' }),
      ...(conditionalMask !== 0 && { SCYLLA_LWT_ADD_METADATA_MARK: `${LWT_MASK}=${conditionalMask}` }),
      ...(hasTablets && { TABLETS_ROUTING_V1: '' }),
    },
  };
}

/** `["<name>=<u32>"]` */
function numberIn(values: readonly string[] | undefined, name: string): number | undefined {
  const [, found, digits] = /^(\w+)=(\d{1,10})$/.exec(values?.[0] ?? '') ?? [];
  const number = Number(digits);
  return found === name && number <= 0xffff_ffff ? number : undefined;
}
