import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { lastValueFrom, type Observable } from 'rxjs';
import { type CloudSessionOptions, createSession, type Session, type SessionOptions } from 'rxcql';
import { type CqlServerOptions, cqlServer, type Rule } from 'rxcql/testing';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { run } from '../support/running.js';

// What tests of secrets do: every secret has a canary in it, and all that is printed or emitted is searched for it.

export const CANARY = 'canary-5e11d0';

/** Where the driver tells of pages and requests. */
const CHANNELS = ['page:unread', ...['start', 'attempt', 'retry', 'page', 'end'].map((what) => `request:${what}`)].map(
  (name) => `rxcql:${name}`,
);

/** Everything that anybody can see. */
export const printed: string[] = [];
export const cleanups: (() => unknown)[] = [];

/** In every way in which it may be printed. */
export function print(value: unknown): void {
  const shown = [inspect(value, { depth: 12, showHidden: true }), inspect(value), String(value)];
  if (value instanceof Error) shown.push(value.message, value.stack ?? '', JSON.stringify(Object.entries(value)));
  try {
    shown.push(JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one)));
  } catch {
    // What JSON cannot show it does not show.
  }
  printed.push(...shown);
}

beforeEach(() => {
  printed.length = 0;
  const spies = [
    vi.spyOn(process, 'emitWarning').mockImplementation((...args: unknown[]) => print(args)),
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => printed.push(String(text)) > 0),
    ...(['log', 'info', 'warn', 'error', 'debug', 'trace'] as const).map((name) =>
      vi.spyOn(console, name).mockImplementation((...args: unknown[]) => print(args)),
    ),
  ];
  const onMessage = (message: unknown): void => print(message);
  for (const channel of CHANNELS) subscribe(channel, onMessage);
  cleanups.push(
    () => CHANNELS.forEach((channel) => unsubscribe(channel, onMessage)),
    ...spies.map((spy) => () => spy.mockRestore()),
  );
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A session whose errors, events and own forms are printed, and what it is asked. */
export async function session(
  options: SessionOptions | CloudSessionOptions,
  ...asked: readonly ((session: Session) => Observable<unknown>)[]
): Promise<void> {
  let made: Session;
  const defaults = { schemaMetadata: false, connectTimeout: 500, handshakeTimeout: 300 };
  try {
    made = createSession({ ...defaults, ...options });
  } catch (reason) {
    print(reason);
    return;
  }
  made.events.subscribe(print);
  made.topology.subscribe(print);
  for (const ask of [(one: Session) => one.connect(), ...asked, (one: Session) => one.health()]) {
    await lastValueFrom(ask(made), { defaultValue: undefined }).then(undefined, print);
  }
  print(made);
  print(made.metrics);
  await lastValueFrom(made.close());
  await lastValueFrom(made.connect()).catch(print);
}

export async function serving(rules: readonly Rule[] = [], options: CqlServerOptions = {}): Promise<string> {
  const { value, stop } = await run(cqlServer(rules, options));
  cleanups.push(stop);
  return value.contactPoint;
}

/** That something was printed, and no secret: neither as a text nor as bytes, in the forms that these have when they are printed. */
export function searched(words: RegExp, ...secrets: readonly string[]): void {
  const all = printed.join('\n');
  expect(all).toMatch(words);
  const forms = [CANARY, ...secrets].flatMap(formsOf);
  const leak = printed.find((text) => {
    const packed = text.replaceAll(/\s/g, '');
    return forms.some((form) => text.includes(form) || packed.includes(form));
  });
  expect(leak?.slice(0, 2_000)).toBeUndefined();
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  // Where it begins in a group of three bytes; what the bytes beside it have a part in is cut off.
  const base64 = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .slice(4, 4 * Math.floor((offset + bytes.length) / 3)),
  );
  return [secret, bytes.toString('hex'), [...bytes].join(','), ...base64];
}
