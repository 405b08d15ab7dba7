import { parseAddress } from '../codec/values/inet.js';

/** `::ffff:` before an IPv4 address. */
const MAPPED = '00000000000000000000ffff';

/** Whether what is sent to a host stays on this machine: 127.0.0.0/8 and ::1. A name may lead anywhere, but for `localhost`. */
export function isLoopback(host: string): boolean {
  const bytes = parseAddress(host);
  if (bytes === undefined) return host === 'localhost';
  const hex = Buffer.from(bytes).toString('hex');
  const v4 = hex.startsWith(MAPPED) ? hex.slice(MAPPED.length) : hex;
  return v4.length === 8 ? v4.startsWith('7f') : BigInt(`0x${hex}`) === 1n;
}
