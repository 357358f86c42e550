import { describe, expect, it } from 'vitest';
import { passwordFault } from './password-rules.ts';

describe('new passwords', () => {
  it.each([
    ['shrt-p1', /8 characters/],
    ['楼卫楼卫楼卫楼', /8 characters/],
    ['aaaaaaaaaaaaaaaa', /different/],
    ['Anna.li-2026', /username/],
    ['password1234', /most used/],
    ['Admin!2345678', /most used/],
    ['louwei-2026-01', /most used/],
  ])('refuses %s', (password, fault) => {
    expect(passwordFault(password, 'anna.li')).toMatch(fault);
  });

  it.each(['correct horse battery', 'admin of the night shift', '值班室的水泵在夜里不会唱歌的'])(
    'accepts %s',
    (password) => {
      expect(passwordFault(password, 'anna.li')).toBeNull();
    },
  );
});
