/** Which fields of a record of CSV are quoted: an empty one that is not is null. Given the record as it stands in the file, and its fields. */
export function quotedFields(raw: string, fields: readonly string[], delimiter: string, quote: string): boolean[] {
  let at = 0;
  return fields.map((field) => {
    const isQuoted = raw.startsWith(quote, at);
    // A quote within quotes takes two characters. Behind the closing one there may be spaces.
    if (isQuoted) at = raw.indexOf(delimiter, at + 2 + field.length + occurrences(field, quote)) + 1;
    else at += field.length + 1;
    return isQuoted;
  });
}

function occurrences(text: string, character: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) count++;
  return count;
}
