// What counts as a reason on the screen is what the server takes.
import { describe, expect, it } from 'vitest';
import { isReason } from './reason-field.tsx';

describe('a reason', () => {
  it.each(['换水泵', 'abc', '  新装电表 '])('is %j', (text) => expect(isReason(text)).toBe(true));
  it.each(['', '   ', '      ', '\n\t  ', ' ab ', '修'])('is not %j', (text) => expect(isReason(text)).toBe(false));
});
