// What counts as a reason on the screen is what the server takes.
import { describe, expect, it } from 'vitest';
import { isReason } from './reason-field.tsx';

describe('a reason', () => {
  it.each(['检修', 'ab', '  新装电表 '])('is %j', (text) => expect(isReason(text)).toBe(true));
  it.each(['', '   ', '      ', '\n\t  ', ' a ', '修'])('is not %j', (text) => expect(isReason(text)).toBe(false));
});
