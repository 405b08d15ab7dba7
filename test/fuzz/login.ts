import { inspect } from 'node:util';
import { EMPTY, NEVER, Observable, of, throwError } from 'rxjs';
import type { AuthOption } from '../../src/session/auth-options.js';
import { loginOf } from '../../src/session/auth-options.js';
import { HEADER_LENGTH, Opcode, type ProtocolVersion } from '../../src/codec/envelope.js';
import { CqlError } from '../../src/errors.js';
import { connect } from '../../src/wire/connect.js';
import type { Socket } from '../../src/wire/socket.js';
import { wireOf } from '../../src/wire/wire.js';
import { int, string } from '../codec/support.js';
import { connectOptions } from '../support/wire.js';
import { readCorpus } from './corpus.js';
import { segments } from './damaged-framing.js';
import { mutate } from './mutate.js';
import type { Random } from './random.js';
import { Violation } from './violation.js';

// Servers that answer a handshake in any order, with anything: what it comes to, and what they are told.

const CANARY = 'canary-0f1e2d';
const PASSWORD = `${CANARY}-password`;
const HERE = '127.0.0.1';
const ELSEWHERE = '192.0.2.1';
const KNOWN = 'org.apache.cassandra.auth.PasswordAuthenticator';
const DSE = 'com.datastax.bdp.cassandra.auth.DseAuthenticator';
const CLASSES = [
  KNOWN,
  KNOWN,
  DSE,
  'org.apache.cassandra.auth.MutualTlsAuthenticator',
  'com.example.X',
  '',
  '\u001b[2J',
  'x'.repeat(5_000),
];
const TOKENS = [int(-1), int(0), int(11) + Buffer.from('PLAIN-START').toString('hex'), `${int(3)}010203`];
/** Too large, and larger than the message that it is in. */
const LARGE_TOKENS = [int(70_000) + '00'.repeat(70_000), int(0x7fffffff)];

/** More than ten rounds, and what they begin with. */
const MAX_RESPONSES = 11;

const corpus = readCorpus();

/** One answer of a server, and what it says. */
interface Answer {
  readonly opcode: number;
  readonly body: string;
}

/** What to answer to a request; mostly what should be. */
function answerTo(random: Random, asked: number, heard: string): Answer {
  const said = `No, ${random.chance(50) ? heard : 'not so'}`;
  const error: Answer = { opcode: Opcode.ERROR, body: int(random.pick([0x0100, 0, 0x1001, 0x7777])) + string(said) };
  const authenticate: Answer = { opcode: Opcode.AUTHENTICATE, body: string(random.pick(CLASSES)) };
  const challenge: Answer = {
    opcode: Opcode.AUTH_CHALLENGE,
    body: random.pick(random.chance(98) ? TOKENS : LARGE_TOKENS),
  };
  const success: Answer = { opcode: Opcode.AUTH_SUCCESS, body: random.pick(TOKENS) };
  const supported: Answer = { opcode: Opcode.SUPPORTED, body: `0001${string('CQL_VERSION')}0001${string('3.4.7')}` };
  const ready: Answer = { opcode: Opcode.READY, body: '' };
  if (random.chance(8)) return random.pick([error, authenticate, challenge, success, supported, ready]);
  if (asked === Opcode.OPTIONS) return supported;
  if (asked === Opcode.STARTUP) return random.chance(90) ? authenticate : ready;
  return random.chance(85) ? challenge : random.pick([success, success, error]);
}

/** Who a session is, in any of the ways in which it may say so. */
function authOf(random: Random): AuthOption {
  const credentials = {
    username: 'ada',
    password: PASSWORD,
    required: random.chance(50),
    requireTls: random.chance(50),
  };
  const failure = new Error(`The vault says ${PASSWORD}.`);
  const failing = (): never => {
    throw failure;
  };
  const token = Buffer.from(CANARY);
  return random.pick<() => AuthOption>([
    () => credentials,
    () => () => of(credentials),
    () => ({ initialResponse: () => of(token), challenge: () => [random.chance(90) ? token : null] }),
    () => ({
      initialResponse: () => [null],
      challenge: () => [token],
      success: random.chance(50) ? failing : () => undefined,
    }),
    () => ({ initialResponse: () => (random.chance(50) ? throwError(() => failure) : EMPTY) }),
    () => ({ initialResponse: () => [PASSWORD as never] }),
    () => () => random.pick<() => never>([failing, () => NEVER as never, () => ({ username: PASSWORD }) as never])(),
  ])();
}

/** What was said, and what came of it. */
export interface Played {
  readonly outcome: string;
  readonly responses: number;
}

/** Plays one handshake. @throws Violation if anything of it is not as it has to be. */
export function playLogin(random: Random): Played {
  const version: ProtocolVersion = random.chance(50) ? 4 : 5;
  const auth = authOf(random);
  const address = random.pick([HERE, ELSEWHERE]);
  const isDamaging = random.chance(40);
  const turns: (() => void)[] = [];
  let isSegmented = false;
  let responses = 0;
  let announced = '';
  const state = { isLeft: false };
  let isDamaged = false;
  /** What the server may repeat; not in an error that is damaged, which may come as anything. */
  let heard = '';

  const hear = (bytes: Buffer): number => {
    const opcode = bytes[isSegmented && version === 5 ? 6 + 4 : 4]!;
    if (opcode === Opcode.AUTH_RESPONSE) responses++;
    if (!bytes.includes(PASSWORD)) return opcode;
    if ('password' in auth && !isDamaging) heard = PASSWORD;
    if (address === ELSEWHERE && 'password' in auth && auth.requireTls === true) {
      throw new Violation('A password left this machine without TLS.');
    }
    if (!isDamaged && announced !== KNOWN && announced !== DSE) {
      throw new Violation(`A password was sent to ${JSON.stringify(announced)}.`);
    }
    return opcode;
  };

  const say = ({ opcode, body }: Answer): Buffer => {
    const content = Buffer.from(body, 'hex');
    const header = Buffer.from([0x80 | version, 0, 0, 0, opcode, 0, 0, 0, 0]);
    header.writeInt32BE(content.length, HEADER_LENGTH - 4);
    let bytes: Buffer = Buffer.concat([header, content]);
    if (opcode === Opcode.AUTHENTICATE) announced = content.subarray(2).toString();
    const damages = isDamaging && random.chance(30);
    isDamaged ||= damages;
    if (damages) bytes = mutate(random, bytes, [], corpus);
    const framed = isSegmented && version === 5 ? segments(random, bytes, false, corpus) : bytes;
    if (opcode === Opcode.READY || opcode === Opcode.AUTHENTICATE) isSegmented = true;
    return framed;
  };

  const socket = (): Socket => (outgoing) =>
    new Observable((subscriber) => {
      const answer = (bytes: Buffer): void => {
        const asked = hear(bytes);
        const answered = say(answerTo(random, asked, heard));
        for (let at = 0; at < answered.length && !subscriber.closed;) {
          const until = random.chance(80) ? answered.length : at + 1 + random.below(200);
          subscriber.next(answered.subarray(at, until));
          at = until;
        }
        if (random.chance(3)) subscriber.complete();
      };
      const hearing = outgoing.subscribe((bytes) => turns.push(() => answer(Buffer.from(bytes))));
      return () => {
        state.isLeft = true;
        hearing.unsubscribe();
      };
    });

  const wire = wireOf({
    endOfTurn: (work) => {
      turns.push(work);
      return () => void turns.splice(turns.indexOf(work), turns.includes(work) ? 1 : 0);
    },
    now: () => 0,
  });
  const options = connectOptions({ protocolVersion: version, wire, login: loginOf(auth), socket });
  let outcome = 'waiting';
  const ended: { error?: unknown } = {};
  const handshake = connect({ host: address, port: 9042 }, options).subscribe({
    next: () => (outcome = 'ready'),
    error: (error: unknown) => (ended.error = error),
  });
  for (let left = 200; left > 0 && turns.length > 0; left--) turns.shift()!();
  if ('error' in ended) {
    outcome = judge(ended.error);
    if (!state.isLeft) throw new Violation('A socket outlives its handshake.');
  }
  handshake.unsubscribe();
  wire.deadlines.stop();
  if (responses > MAX_RESPONSES) throw new Violation(`${responses} times it was said who is there.`);
  return { outcome, responses };
}

/** The code of an error, which says no secret. */
function judge(error: unknown): string {
  if (!(error instanceof CqlError)) throw new Violation('A handshake failed with what is no CqlError.', error);
  const shown = [inspect(error, { depth: 9, showHidden: true }), error.stack, JSON.stringify(error)].join('\n');
  if (shown.includes(CANARY)) throw new Violation(`A secret is in: ${error.message.slice(0, 200)}`);
  return error.code;
}
