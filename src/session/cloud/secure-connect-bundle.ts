import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { hideCause } from '../../codec/hidden-cause.js';
import { ConfigurationError } from '../../errors.js';

/** What a secure connect bundle says. */
export interface SecureConnectBundle {
  /** Where to ask where the nodes are. */
  readonly host: string;
  readonly port: number;
  /** What a session uses that names none. */
  readonly keyspace: string | undefined;
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** In bytes. Bundles have some ten thousand, and none of their files has more. */
const MAX_BUNDLE = 1024 * 1024;
const MAX_FILE = 256 * 1024;

/** The files that are used. Nothing is written anywhere, so that what a file is called leads nowhere else. */
const FILES: ReadonlySet<string> = new Set(['config.json', 'ca.crt', 'cert', 'key']);

/**
 * Reads a bundle.
 *
 * ```
 * zip: config.json {"host": …, "port": …, "keyspace": …, …}   ca.crt   cert   key   and others, which are for other programs
 * ```
 *
 * @param source Its path, or its bytes.
 * @throws ConfigurationError if it cannot be read, or is none.
 */
export function readSecureConnectBundle(source: string | Uint8Array): SecureConnectBundle {
  const files = unzip(typeof source === 'string' ? bytesOf(source) : source);
  const file = (name: string): Buffer => {
    const bytes = files[name];
    if (bytes === undefined) throw wrong(`the file "${name}" is missing in it`);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  };
  const { host, port, keyspace } = configOf(file('config.json'));
  if (typeof host !== 'string' || host === '' || !Number.isInteger(port) || Number(port) < 1 || Number(port) > 65_535) {
    throw wrong('its config.json does not say the host and port of the metadata service');
  }
  return {
    host,
    port: Number(port),
    keyspace: typeof keyspace === 'string' && keyspace !== '' ? keyspace : undefined,
    ca: file('ca.crt'),
    cert: file('cert'),
    key: file('key'),
  };
}

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    const { code = 'it failed' } = cause as NodeJS.ErrnoException;
    // Who gives its text instead of its path would find that in the cause.
    throw hideCause(new ConfigurationError(`The secure connect bundle cannot be read: ${code}.`), cause);
  }
}

function unzip(bytes: Uint8Array): Readonly<Record<string, Uint8Array>> {
  if (bytes.length > MAX_BUNDLE) throw wrong(`it has more than ${MAX_BUNDLE} bytes`);
  const seen = new Set<string>();
  try {
    return unzipSync(bytes, {
      // What is said here of the size is all the room that the file gets.
      filter: ({ name, originalSize }) => {
        if (!FILES.has(name)) return false;
        if (seen.has(name)) throw wrong(`it has two files "${name}"`);
        seen.add(name);
        if (originalSize > MAX_FILE) throw wrong(`the file "${name}" in it has more than ${MAX_FILE} bytes`);
        return true;
      },
    });
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    throw wrong('it is no zip file');
  }
}

function configOf(bytes: Buffer): Readonly<Record<string, unknown>> {
  let config: unknown;
  try {
    config = JSON.parse(bytes.toString());
  } catch {
    // What it cannot read, JSON.parse() quotes; there are passwords in it.
  }
  if (typeof config !== 'object' || config === null) throw wrong('its config.json is no JSON');
  return config as Readonly<Record<string, unknown>>;
}

function wrong(reason: string): ConfigurationError {
  return new ConfigurationError(`The secure connect bundle cannot be used: ${reason}. Download it again.`);
}
