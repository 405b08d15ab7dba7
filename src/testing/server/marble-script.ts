import { ConfigurationError } from '../../errors.js';

/** What happens at one moment of a diagram. */
export interface MarbleMoment {
  /** Milliseconds after the beginning. */
  readonly at: number;
  /** The letters, in order; those of a group come together. `'|'` ends, `'#'` breaks. */
  readonly marbles: readonly string[];
}

/**
 * Reads a diagram as RxJS writes them: `-` is a millisecond, `(ab)` are several at the same time, ` 10ms ` is a stretch of
 * time, `|` the end, `#` an error, and anything else a value. Spaces are for the eye.
 *
 * @throws ConfigurationError for what is none.
 */
export function parseMarbles(diagram: string): MarbleMoment[] {
  const wrong = (reason: string): ConfigurationError =>
    new ConfigurationError(`The marble diagram "${diagram}" is not understood: ${reason}.`);
  const moments: MarbleMoment[] = [];
  let at = 0;
  for (let i = 0; i < diagram.length; i++) {
    const character = diagram[i]!;
    const [duration] =
      i === 0 || diagram[i - 1] === ' ' ? (/^\d+(?:\.\d+)?(?:ms|s|m)(?= |$)/.exec(diagram.slice(i)) ?? []) : [];
    if (duration !== undefined) {
      at += milliseconds(duration);
      i += duration.length - 1;
    } else if (character === '(') {
      const end = diagram.indexOf(')', i);
      if (end < 0) throw wrong('a group is not closed');
      const marbles = Array.from(diagram.slice(i + 1, end)).filter((marble) => marble !== ' ');
      if (marbles.some((marble) => '(-^!'.includes(marble))) throw wrong('in a group there are only values, | and #');
      moments.push({ at, marbles });
      at += marbles.length + 2;
      i = end;
    } else if (')^!'.includes(character)) {
      throw wrong(`"${character}" has no meaning here`);
    } else if (character !== ' ') {
      if (character !== '-') moments.push({ at, marbles: [character] });
      at++;
    }
  }
  return moments;
}

function milliseconds(duration: string): number {
  const [, number, unit] = /^([\d.]+)(\w+)$/.exec(duration)!;
  return Number(number) * { ms: 1, s: 1_000, m: 60_000 }[unit as 'ms' | 's' | 'm'];
}
