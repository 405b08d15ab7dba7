// Names come from the network: of any length, and with anything in them that a terminal may take for an order.

/** What moves a cursor, colours or turns around what follows. */
const INVISIBLE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** So much of a name tells which one it is. */
const LONGEST = 200;

/** A text without control characters: they are written as `\u{…}`. */
export function printable(text: string): string {
  return text.replace(INVISIBLE, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

/** The same for what a server says, which may well have several lines. */
export function printableLines(text: string): string {
  return text.replace(INVISIBLE, (character) => (/[\n\t]/.test(character) ? character : printable(character)));
}

/** A text as far as a message has room for it. */
export function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

/** A name in a message. */
export function quoted(name: string): string {
  return printable(JSON.stringify(shortened(name)));
}

/** A column or parameter in a message. */
export function quotedColumn({ name, type }: { readonly name: string; readonly type: string }): string {
  return `${quoted(name)} (${shortened(type)})`;
}
