import { formatTypeWord } from './defined-name.js';

/** Names as they stand in types: in quotes, as words; between single quotes is the name of a Java class. */
const NAMES = /"(?:[^"]|"")*"|'[^']*'|\w+/g;

/** The names in a type as CQL writes it: `frozen<map<text, "My Type">>` has `frozen`, `map`, `text` and `My Type`. */
export function namesIn(type: string): string[] {
  const names = (type.match(NAMES) ?? []).filter((name) => !name.startsWith("'"));
  return names.map((name) => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name));
}

/** A type that the server has written, with quotes around names that need them. */
export function formatTypeText(type: string): string {
  return type.replace(NAMES, formatTypeWord);
}
