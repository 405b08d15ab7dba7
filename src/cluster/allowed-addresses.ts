import { parseAddress } from '../codec/values/inet.js';
import { ConfigurationError } from '../errors.js';
import type { Endpoint } from '../wire/socket.js';

/**
 * Where nodes may be that the cluster tells of: IP addresses, ranges of them (`'10.0.0.0/8'`, `'2001:db8::/32'`), and the names that an
 * address translator gives; or a function that says so of each. Contact points are the user's own, and not asked about.
 */
export type AllowedAddresses =
  readonly string[] | ((address: { readonly host: string; readonly port: number }) => boolean);

/** Whether a node may be connected to there. A function that throws allows nothing. */
export type IsAllowed = (endpoint: Endpoint) => boolean;

/** @throws ConfigurationError for what is no address, range or name. */
export function isAllowedBy(allowed: AllowedAddresses): IsAllowed {
  if (typeof allowed === 'function') {
    return ({ host, port }) => {
      try {
        // A program in JavaScript may give anything.
        return (allowed({ host, port }) as unknown) === true;
      } catch {
        return false;
      }
    };
  }
  const ranges = allowed.map(rangeOf).filter((range) => range !== undefined);
  const names = new Set(allowed.map((entry) => entry.toLowerCase()));
  return ({ host }) => {
    const bytes = parseAddress(host);
    if (bytes === undefined) return names.has(host.toLowerCase());
    const bits = bitsOf(bytes);
    return ranges.some((prefix) => bits.startsWith(prefix));
  };
}

/** What the bits of all addresses of a range begin with; undefined for a name. */
function rangeOf(entry: string): string | undefined {
  const [address, length, ...rest] = entry.split('/') as [string, string?, ...string[]];
  const bytes = parseAddress(address);
  if (bytes === undefined && length === undefined && /^[\w.-]+$/.test(entry) && !/^[\d.]+$/.test(entry))
    return undefined;
  const most = bytes === undefined ? 0 : 8 * bytes.length;
  const isLength = length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= most);
  if (bytes === undefined || !isLength || rest.length > 0) {
    throw new ConfigurationError(
      `${JSON.stringify(entry)} in "allowedAddresses" is no address, no range such as '10.0.0.0/8', and no name.`,
    );
  }
  const bits = bitsOf(bytes);
  return bits.slice(0, bits.length - most + (length === undefined ? most : Number(length)));
}

/** As those of an IPv6 address, of which those of IPv4 are a range. */
function bitsOf(bytes: Uint8Array): string {
  const all = bytes.length === 4 ? [...V4_PREFIX, ...bytes] : [...bytes];
  return all.map((byte) => byte.toString(2).padStart(8, '0')).join('');
}

/** `::ffff:0:0/96` */
const V4_PREFIX: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
