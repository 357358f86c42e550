// Local dates and times of an IANA zone as absolute instants (Intl knows the zones). A time that a change of the clock
// skips is as much later as the clock was put forward; one that comes twice is the first.
import { WEEKDAYS } from '@louwei/device-profiles';

/** `YYYY-MM-DD`. */
export type LocalDate = string;

const DAY_MS = 86_400_000;
/** Making one costs more than all its uses; the zones of a site are few. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const part = 'numeric';
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: part,
    month: part,
    day: part,
    hour: part,
    minute: part,
    second: part,
  });
  formats.set(timeZone, format);
  return format;
}

/** What the clock of the zone shows, as if it were UTC; whole seconds. */
function shownMs(timeZone: string, atMs: number): number {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const get = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second'));
}

const offsetMs = (timeZone: string, atMs: number): number => shownMs(timeZone, atMs) - Math.floor(atMs / 1000) * 1000;

const dateOf = (ms: number): LocalDate => (Number.isNaN(ms) ? '' : new Date(ms).toISOString().slice(0, 10));
const startOf = (date: LocalDate): number => Date.parse(`${date}T00:00:00Z`);

export const localDateOf = (timeZone: string, atMs: number): LocalDate => dateOf(shownMs(timeZone, atMs));
export const nextDay = (date: LocalDate): LocalDate => dateOf(startOf(date) + DAY_MS);
export const weekdayOf = (date: LocalDate): (typeof WEEKDAYS)[number] =>
  WEEKDAYS[(new Date(startOf(date)).getUTCDay() + 6) % 7] ?? 'mon';

export function instantOf(timeZone: string, date: LocalDate, minutes: number): number {
  const local = startOf(date) + minutes * 60_000;
  // The clock changes at most once within the two days, so one of the two offsets is right.
  const before = offsetMs(timeZone, local - DAY_MS);
  const after = offsetMs(timeZone, local + DAY_MS);
  const instants = [local - before, local - after].filter((atMs) => atMs + offsetMs(timeZone, atMs) === local);
  return instants.length > 0 ? Math.min(...instants) : local - before;
}

/** Intl refuses what it does not know. */
export function isTimeZone(timeZone: string): boolean {
  try {
    return formatOf(timeZone).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export const isDate = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && dateOf(startOf(text)) === text;
