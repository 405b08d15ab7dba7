import { type Check, wholeNumber } from '../check.js';
import { ConfigurationError } from '../errors.js';
import type { Endpoint } from '../wire/socket.js';

export const aPort: Check = wholeNumber(1, 65_535);

export const contactPoints: Check = (value, name) => {
  if (!Array.isArray(value) || value.length === 0 || !value.every((item) => typeof item === 'string' && item !== '')) {
    throw new ConfigurationError(
      `The option ${JSON.stringify(name)} must be an array of at least one 'host' or 'host:port'.`,
    );
  }
};

/** `host`, `host:port`, `[::1]`, `[::1]:port`, or an IPv6 address as it is. */
export function parseContactPoint(point: string, defaultPort: number): Endpoint {
  if (/[@/]/.test(point)) {
    // There may well be a password in it.
    throw new ConfigurationError(
      "A contact point is 'host', 'host:port' or '[::1]:port', and no URL. Credentials are given by the option \"auth\".",
    );
  }
  const match = /^\[([^[\]]+)\](?::(\d+))?$/.exec(point) ?? /^([^:[\]\s]+)(?::(\d+))?$/.exec(point);
  if (match === null) {
    if (/^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(point)) return { host: point, port: defaultPort };
    throw new ConfigurationError(
      `The contact point ${JSON.stringify(point)} is no 'host', 'host:port' or '[::1]:port'.`,
    );
  }
  const number = match[2] === undefined ? defaultPort : Number(match[2]);
  aPort(number, `port of the contact point ${point}`);
  return { host: match[1]!, port: number };
}
