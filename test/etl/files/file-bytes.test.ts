import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { FileBytes } from '../../../src/etl/files/file-bytes.js';

const folder = mkdtempSync(join(tmpdir(), 'rxcql-bytes-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Whether this process has it open. */
const isOpen = (path: string): boolean =>
  readdirSync('/proc/self/fd').some((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      return false;
    }
  });

async function textOf(bytes: FileBytes): Promise<string[]> {
  const pieces: string[] = [];
  for (;;) {
    const { done, value } = await bytes.next();
    if (done === true) return pieces;
    pieces.push(Buffer.from(value).toString());
  }
}

describe('the bytes of a file', () => {
  it.each([
    ['', []],
    ['abc', ['abc']],
    ['abcd', ['abcd']],
    ['abcdefghij', ['abcd', 'efgh', 'ij']],
  ])('come in pieces: %j', async (text, pieces) => {
    const path = fileOf('pieces', text);
    const bytes = new FileBytes(path, 4);
    expect(await textOf(bytes)).toEqual(pieces);
    expect(bytes.bytesRead).toBe(text.length);
    await vi.waitFor(() => expect(isOpen(path)).toBe(false));
  });

  it('are there until the next piece is asked for, though one more has been read', async () => {
    const bytes = new FileBytes(fileOf('held', 'abcdefghijkl'), 4);
    const first = (await bytes.next()).value!;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(Buffer.from(first).toString()).toBe('abcd');
    expect(bytes.bytesRead).toBe(4);
    bytes.leave();
  });

  it('are those of two buffers, however many pieces there are', async () => {
    const bytes = new FileBytes(fileOf('many', 'x'.repeat(400)), 4);
    const buffers = new Set<unknown>();
    for (let piece = await bytes.next(); piece.done !== true; piece = await bytes.next())
      buffers.add(piece.value.buffer);
    expect(buffers.size).toBe(2);
  });

  it('opens nothing before it is asked', () => {
    const path = fileOf('unasked', 'abc');
    const bytes = new FileBytes(path, 4);
    bytes.leave();
    expect(isOpen(path)).toBe(false);
  });

  it.each([0, 1, 2])('closes the file when it is left after %d pieces, also while it reads', async (pieces) => {
    const path = fileOf(`left${pieces}`, 'abcdefghijkl');
    const bytes = new FileBytes(path, 4);
    for (let i = 0; i < pieces; i++) await bytes.next();
    const reading = bytes.next();
    bytes.leave();
    expect(await reading).toEqual({ done: true, value: undefined });
    await vi.waitFor(() => expect(isOpen(path)).toBe(false));
  });

  it('tells whoever asks that it cannot be read, and nobody else', async () => {
    const rejected = vi.fn();
    process.on('unhandledRejection', rejected);
    await expect(new FileBytes(join(folder, 'none'), 4).next()).rejects.toMatchObject({ code: 'ENOENT' });
    // A folder can be opened, and not read.
    await expect(new FileBytes(folder, 4).next()).rejects.toMatchObject({ code: 'EISDIR' });
    await vi.waitFor(() => expect(isOpen(folder)).toBe(false));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', rejected);
    expect(rejected).not.toHaveBeenCalled();
  });
});
