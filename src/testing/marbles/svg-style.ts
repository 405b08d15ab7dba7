/**
 * The look of the pictures. Colours follow the reader's, light or dark; marbles have the same in both. It is theirs only, also
 * where a picture is part of a page.
 */
export const STYLE: string = `
text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#1f2328}
.card{fill:#fff;stroke:#d1d9e0}
.title{font:600 15px system-ui,-apple-system,"Segoe UI",sans-serif}
.note{font:13px system-ui,-apple-system,"Segoe UI",sans-serif;fill:#59636e}
.tick{font-size:10px;fill:#818b98}
.never{fill:#818b98;font-style:italic}
.band{fill:#818b98;fill-opacity:.07}
.bar{fill:#54aeff;fill-opacity:.16}
.time{stroke:#818b98;stroke-width:1.5}
.gap{stroke:#818b98;stroke-width:1.5;stroke-dasharray:2 4}
.open{fill:#818b98}
.end{stroke:#1f2328;stroke-width:3}
.error{stroke:#d1242f;stroke-width:3;fill:none}
.left{fill:#bc4c00;font-weight:700;font-size:16px}
.page{fill:#fff;stroke:#0969da;stroke-width:1.5}
.more{fill:#0969da;font-weight:700}
.row{fill:#fff;font-weight:700;font-size:12px;text-anchor:middle}
.code{fill:#f6f8fa;stroke:#d1d9e0}
.name{fill:#0550ae}
.text{fill:#0a3069}
@media (prefers-color-scheme:dark){
text{fill:#e6edf3}
.card{fill:#0d1117;stroke:#30363d}
.note{fill:#9198a1}
.bar{fill:#388bfd;fill-opacity:.22}
.end{stroke:#e6edf3}
.error{stroke:#f85149}
.left{fill:#f0883e}
.page{fill:#0d1117;stroke:#4493f8}
.more{fill:#4493f8}
.row{fill:#fff}
.code{fill:#161b22;stroke:#30363d}
.name{fill:#79c0ff}
.text{fill:#a5d6ff}
}`
  .trimStart()
  .replace(/^(?=[.\w].*\{)/gm, '.rxcql-marbles ');

/** White text is readable on each of them, and each can be told from the card, light or dark. */
export const PALETTE = [
  '#0969da',
  '#1a7f37',
  '#bc4c00',
  '#8250df',
  '#bf3989',
  '#0e7490',
  '#7d6200',
  '#57606a',
] as const;

/** Of a row that cannot be read. */
export const FAILURE = '#cf222e';
