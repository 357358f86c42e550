import { expect, it } from 'vitest';
import { daysLeft, expiryWarning } from './certificate.ts';

const END = Date.UTC(2027, 0, 31);
const DAY_MS = 86_400_000;

it('warns from 30 days before the end, and says when it has passed', () => {
  expect(expiryWarning('the certificate', END, END - 31 * DAY_MS)).toBeNull();
  expect(expiryWarning('the certificate', END, END - 30 * DAY_MS)).toBe(
    'the certificate ends in 30 days, on 2027-01-31; renew it',
  );
  expect(expiryWarning('the certificate', END, END + 1)).toBe('the certificate expired on 2027-01-31; renew it');
});

it('counts whole days that are left', () => {
  expect(daysLeft(END, END - DAY_MS + 1)).toBe(0);
  expect(daysLeft(END, END)).toBe(0);
});
