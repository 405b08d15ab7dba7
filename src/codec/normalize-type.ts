const TOKEN = /"[^"]*(?:""[^"]*)*"|[<>,]|[^\s"<>,]+/g;

/** A type in CQL, so that what means the same is the same: without spaces and `frozen<>`, in lower case unless quoted. */
export function normalizeType(text: string): string {
  const tokens = text.match(TOKEN) ?? [];
  const words = tokens.map((token) => (token.startsWith('"') ? token : token.toLowerCase()));
  const isFrozen: boolean[] = [];
  let normal = '';
  for (const [i, word] of words.entries()) {
    if (word === 'frozen' && words[i + 1] === '<') continue;
    if (word === '<') {
      isFrozen.push(words[i - 1] === 'frozen');
      if (isFrozen.at(-1)) continue;
    }
    if (word === '>' && isFrozen.pop()) continue;
    normal += word === 'varchar' ? 'text' : word;
  }
  return normal;
}
