/** The width of a character of code, in pixels: fonts differ a little, and none is measured. */
export const CHARACTER = 8.2;

type Attributes = Readonly<Record<string, string | number>>;

/** An element of SVG without content, or with `content`, which is SVG itself. */
export function element(name: string, attributes: Attributes, content?: string): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(attributeOf(value))}"`);
  return content === undefined ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${content}</${name}>`;
}

/** An element whose content is plain text. */
export function textElement(name: string, attributes: Attributes, text: string): string {
  return element(name, attributes, escape(text));
}

export function escape(text: string): string {
  // Control characters have no place in XML, not even escaped.
  const plain = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
  return plain.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A tenth of a pixel is enough for anybody, and the same on every machine. */
function attributeOf(value: string | number): string {
  return typeof value === 'number' ? String(Math.round(value * 10) / 10) : value;
}
