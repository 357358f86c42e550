// When a review is due. Dates are plain days, `YYYY-MM-DD`: they compare as texts.
import type { AlarmDefinition, AlarmReview } from '../../contract/alarm-register.ts';

export const NO_REVIEW: AlarmReview = { owner: null, reviewedOn: null, approvedBy: null, reviewDue: null };
const SOON_MS = 30 * 86_400_000;

export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

export function reviewState({ reviewedOn, reviewDue }: AlarmReview, nowMs: number): AlarmDefinition['review'] {
  if (reviewDue !== null && reviewDue < dayOf(nowMs)) return 'overdue';
  if (reviewedOn === null) return 'never';
  return reviewDue !== null && reviewDue <= dayOf(nowMs + SOON_MS) ? 'due-soon' : 'current';
}

export const isDay = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && dayOf(ms) === text;
};
