// Shapes that several parts of the contract use.
import { z } from 'zod';

export const bilingualText = z.object({ zh: z.string(), en: z.string() });
export type BilingualText = z.infer<typeof bilingualText>;

/** Characters without blanks at the ends: so much at least is said to a change that stays in a record. */
export const LEAST_REASON = 2;
export const reasonText = (longest = 500) =>
  z.string().trim().min(LEAST_REASON, `at least ${LEAST_REASON} characters`).max(longest);

/** ISO 8601 in UTC with milliseconds. */
export const isoTime = z.string();

/** Lists answer `{items, nextCursor}`; `nextCursor` is null on the last page. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export const page = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

/** 1 urgent, 2 high, 3 medium, 4 low. */
export const priority = z.int().min(1).max(4);
