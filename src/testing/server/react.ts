import { concat, defer, EMPTY, ignoreElements, isObservable, merge, Observable, of, tap, timer } from 'rxjs';
import type { CqlRequest } from './request.js';
import { CqlResponse } from './response.js';
import { isPlain, type Reaction, type Reply, type ReplyMoment, type Step } from './rule.js';
import type { ServedConnection } from './served-connection.js';

/**
 * Does with a request what a rule says. Completes when that is done; unsubscribing leaves out the rest. Errors with what goes
 * wrong in a function of the rule.
 *
 * @param defaultAnswer What the server would say without a rule.
 */
export function react(
  reaction: Reaction,
  request: CqlRequest,
  connection: ServedConnection,
  defaultAnswer: () => CqlResponse,
): Observable<never> {
  const { treatment } = reaction;
  const perform = (step: Step): Observable<never> => {
    switch (step.kind) {
      case 'delay':
        return wait(step.milliseconds);
      case 'reply':
        return merge(...step.moments.map(sayAt));
      case 'bytes':
        return done(() => connection.write(Buffer.from(step.bytes(request)), treatment.chunkSize));
      case 'disconnect':
        return done(() => connection.disconnect(step.how));
      case 'halfOpen':
        return done(() => connection.halfOpen());
      case 'drop':
        return EMPTY;
    }
  };
  const sayAt = ({ at, replies }: ReplyMoment): Observable<never> => {
    const said = merge(
      ...replies.map((reply) => (typeof reply === 'string' ? done(() => connection.disconnect(reply)) : say(reply))),
    );
    return concat(wait(at), together(said, connection));
  };
  const say = (reply: Reply): Observable<never> =>
    responsesOf(reply, request).pipe(
      tap((response) => connection.answer(response, request, treatment)),
      ignoreElements(),
    );

  return concat(...stepsOf(reaction, defaultAnswer).map(perform));
}

/** A rule that says nothing of its own, but only when, or what becomes of the bytes, leaves the answer to the server. */
function stepsOf({ steps, treatment }: Reaction, defaultAnswer: () => CqlResponse): readonly Step[] {
  const ending = steps.findIndex(({ kind }) => kind === 'disconnect' || kind === 'halfOpen');
  const says = steps.some(({ kind }) => kind === 'reply' || kind === 'bytes' || kind === 'drop');
  if (says || (ending >= 0 && isPlain(treatment))) return steps;
  const asUsual: Step = { kind: 'reply', moments: [{ at: 0, replies: [defaultAnswer] }] };
  return steps.toSpliced(ending < 0 ? steps.length : ending, 0, asUsual);
}

/** What a reply comes to. */
function responsesOf(reply: Reply, request: CqlRequest): Observable<CqlResponse> {
  return defer(() => {
    const made = typeof reply === 'function' ? reply(request) : reply;
    return isObservable(made) ? made : of(made);
  }).pipe(
    tap((response) => {
      if (!((response as unknown) instanceof CqlResponse)) throw new Error('it gave no response.');
    }),
  );
}

const wait = (milliseconds: number): Observable<never> =>
  milliseconds === 0 ? EMPTY : timer(milliseconds).pipe(ignoreElements());

const done = (work: () => void): Observable<never> =>
  defer(() => {
    work();
    return EMPTY;
  });

/** What is said at once leaves in one piece. */
function together(said: Observable<never>, connection: ServedConnection): Observable<never> {
  return new Observable((subscriber) => {
    connection.cork();
    try {
      return said.subscribe(subscriber);
    } finally {
      connection.uncork();
    }
  });
}
