import { describe, expect, it } from 'vitest';
import { responseView } from '../../src/codec/response-view.js';

describe('the view of a response', () => {
  it('is of the bytes of the buffer, wherever these lie in its memory', () => {
    const memory = Buffer.from('00000000112233445566778899aabbcc', 'hex');
    const view = responseView(memory.subarray(4, 12));
    expect([view.byteLength, view.getInt32(0), view.getInt32(4)]).toEqual([8, 0x11223344, 0x55667788]);
  });

  it('is made once for what came together, and kept for nothing else', () => {
    const [one, other] = [Buffer.alloc(100), Buffer.alloc(100)];
    const view = responseView(one);
    expect(responseView(one)).toBe(view);
    expect(responseView(other)).not.toBe(view);
    expect(responseView(one)).not.toBe(view);
  });

  it('is not kept if it keeps much in memory', () => {
    const [small, large] = [Buffer.alloc(100), Buffer.alloc(1_000_000)];
    const view = responseView(small);
    expect(responseView(large).byteLength).toBe(1_000_000);
    expect(responseView(small)).toBe(view);
  });
});
