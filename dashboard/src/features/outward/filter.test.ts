import { expect, it } from 'vitest';
import { choiceOf, EVENT_CHOICES, eventsOf } from './filter.ts';

it('finds the choice again from its events, in whatever order, and knows no other set', () => {
  for (const choice of EVENT_CHOICES) expect(choiceOf(eventsOf(choice).reverse())).toBe(choice);
  expect(choiceOf(['ACK'])).toBeUndefined();
});
