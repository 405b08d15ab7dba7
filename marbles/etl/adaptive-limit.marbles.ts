import { type Observable, tap } from 'rxjs';
import { adaptiveLimit, type Limiter } from 'rxcql/etl';
import { ResponseError } from 'rxcql';
import { behaviour, spec } from '../behaviour.js';

const text = `\`adaptiveLimit({ min, initial, max })\` is a limit for what is on its way, which goes up while answers come as fast as ever, and is halved when a
node has too much to do. Here \`a\` is an answer, after 10 ms each time, and \`x\` an \`Overloaded\`.`;

const overloaded = new ResponseError('Overloaded', 'There is too much to do.');

/** Tells a limiter of answers. */
const told = (limiter: Limiter): ((answers: Observable<string>) => Observable<string>) =>
  tap((answer) => limiter.observe!({ latency: 10, ...(answer === 'x' && { error: overloaded }) }));

behaviour('adaptiveLimit()', text, () => {
  spec('After as many answers as it allows, it goes up by its root', ({ hot, expectObservable }) => {
    const answers = hot('-aaaaaaaaaa');
    const limiter = adaptiveLimit({ initial: 4, max: 8 });
    const result = limiter.limit;
    answers.pipe(told(limiter)).subscribe();

    expectObservable(result).toBe('a---b-----c', { a: 4, b: 6, c: 8 });
  });

  spec('It is halved once for a round trip', ({ hot, expectObservable }) => {
    const answers = hot('-axxx---------x');
    const limiter = adaptiveLimit({ initial: 64 });
    const result = limiter.limit;
    answers.pipe(told(limiter)).subscribe();

    expectObservable(result).toBe('a-b-----------c', { a: 64, b: 32, c: 16 });
  });
});
