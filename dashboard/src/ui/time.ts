// How instants and durations are written: `YYYY-MM-DD HH:mm:ss` in the browser's time zone, durations in two units.
const pad = (n: number): string => String(n).padStart(2, '0');

export const formatDate = (ms: number): string => {
  const t = new Date(ms);
  return `${t.getFullYear()}-${pad(t.getMonth() + 1)}-${pad(t.getDate())}`;
};

export const formatTime = (ms: number): string => {
  const t = new Date(ms);
  return `${pad(t.getHours())}:${pad(t.getMinutes())}:${pad(t.getSeconds())}`;
};

export const formatDateTime = (ms: number): string => `${formatDate(ms)} ${formatTime(ms)}`;

/** The date only when it is not today: operators read the time of day. */
export const formatRecent = (ms: number, nowMs: number): string =>
  formatDate(ms) === formatDate(nowMs) ? formatTime(ms) : `${formatDate(ms).slice(5)} ${formatTime(ms)}`;

export interface DurationParts {
  readonly unit: 's' | 'ms' | 'hm' | 'd';
  readonly d: number;
  readonly h: number;
  readonly m: number;
  readonly s: number;
}

/** Splits a duration into the units worth showing; a negative one counts as 0 (clocks differ by a little). */
export const durationParts = (ms: number): DurationParts => {
  const all = Math.max(0, Math.floor(ms / 1000));
  const d = Math.floor(all / 86_400);
  const h = Math.floor(all / 3_600) % 24;
  const m = Math.floor(all / 60) % 60;
  const s = all % 60;
  const unit = all < 60 ? 's' : all < 3_600 ? 'ms' : all < 86_400 ? 'hm' : 'd';
  return { unit, d, h, m, s };
};

/** Ticking clocks: `mm:ss`, from one hour on `h:mm:ss`, from one day on `1 d 02:03` is left to `durationParts`. */
export const formatStopwatch = (ms: number): string => {
  const { d, h, m, s } = durationParts(ms);
  const hours = d * 24 + h;
  return hours > 0 ? `${hours}:${pad(m)}:${pad(s)}` : `${pad(m)}:${pad(s)}`;
};
