// RTU answers carry no number, so a late one looks like the answer to the next request of the same unit and function.
// After a timeout the unit is first asked with another function: it answers in the order it was asked, so that answer
// proves that nothing older can follow. After a while nothing older is expected any more.
import type { Area, Span } from '../../../polling/core/span.ts';
import { isWrite } from './rtu-write.ts';

/** Longest a device or a converter in front of it is expected to keep an answer back, ms. */
export const LATE_MS = 10_000;

/** `unit area` to the monotonic ms at which a request was left without an answer. */
export type Unanswered = ReadonlyMap<string, number>;

const AREAS: readonly Area[] = ['holding', 'input', 'discrete', 'coil'];
/** A write has other functions than every read: only an older write's echo could be taken for its own. */
type Place = Area | 'write';
const PLACES: readonly Place[] = [...AREAS, 'write'];
const placeOf = (span: Span): Place => (isWrite(span) ? 'write' : span.area);
const key = (unit: number, place: Place): string => `${unit} ${place}`;

/** @returns null when the read may be sent at once; otherwise a read to be answered first, or 'wait' when none would do. */
export function proofOfStep(unanswered: Unanswered, unit: number, span: Span, nowMs: number): Span | 'wait' | null {
  const isOpen = (place: Place): boolean => nowMs - (unanswered.get(key(unit, place)) ?? -LATE_MS) < LATE_MS;
  if (!isOpen(placeOf(span))) return null;
  const area = AREAS.find((other) => !isOpen(other));
  return area === undefined ? 'wait' : { area, address: span.address, count: 1 };
}

export function leftUnanswered(unanswered: Unanswered, unit: number, span: Span, nowMs: number): Unanswered {
  return new Map([...unanswered, [key(unit, placeOf(span)), nowMs]]);
}

/** An answer to whatever was asked last proves that all older answers of the unit have passed. */
export const inStep = (unanswered: Unanswered, unit: number): Unanswered =>
  new Map([...unanswered].filter(([place]) => !PLACES.some((own) => place === key(unit, own))));
