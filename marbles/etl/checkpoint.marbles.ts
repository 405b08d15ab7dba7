import { map, Subject } from 'rxjs';
import { type Advanced, checkpoint, type CheckpointStore, type TokenRange } from 'rxcql/etl';
import { behaviour, spec } from '../behaviour.js';

const text = `\`checkpoint(store, { every })\` notes how far ranges have come, and passes on what says so. The end of a range is noted at once, before it is passed on, and
what is in between when \`every\` milliseconds have passed. Here the range ends at 9, and a note is the number up to which all is done.`;

const range: TokenRange = { id: 'a', start: 0n, end: 9n, replicas: [], fraction: 0 };
const upTo = (token: string, seq: number): Advanced => {
  return { range, seq, upto: BigInt(token), lastOfRange: token === '9' };
};
const nameOf = ({ upto }: Advanced): string => String(upto);

/** Tells what is noted. */
const storeOf = (noted: Subject<string>): CheckpointStore =>
  ({
    append: (records: readonly { upto: string }[]) => records.forEach(({ upto }) => noted.next(upto)),
    close: () => noted.complete(),
  }) as unknown as CheckpointStore;

behaviour('checkpoint()', text, () => {
  spec('The end is noted at once, what is in between now and then', ({ hot, expectObservable }) => {
    const work = hot('-2-4---6-9|');
    const noted = new Subject<string>();
    const result = work.pipe(map(upTo), checkpoint(storeOf(noted), { every: 5 }), map(nameOf));

    expectObservable(noted).toBe('-------6-9|');
    expectObservable(result).toBe('-2-4---6-9|');
  });

  spec('Nothing is done that comes before what is not', ({ hot, expectObservable }) => {
    const work = hot('-4-2-9|');
    const inTurn = [1, 0, 2];
    const noted = new Subject<string>();
    const result = work.pipe(
      map((token, i) => upTo(token, inTurn[i]!)),
      checkpoint(storeOf(noted), { every: 0 }),
      map(nameOf),
    );

    expectObservable(noted).toBe('---4-9|');
    expectObservable(result).toBe('-4-2-9|');
  });
});
