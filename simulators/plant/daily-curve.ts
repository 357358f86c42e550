// How busy a building is over the day, in China Standard Time (UTC+8, no summer time).

/** Relative use at each full hour, 0..1. */
type Curve = readonly number[];

const OFFICE_POWER: Curve = [
  0.28, 0.26, 0.25, 0.25, 0.26, 0.3, 0.38, 0.52, 0.7, 0.82, 0.88, 0.86, 0.76, 0.84, 0.9, 0.9, 0.86, 0.78, 0.66, 0.56,
  0.48, 0.42, 0.36, 0.31,
];
const WATER: Curve = [
  0.14, 0.1, 0.08, 0.08, 0.1, 0.22, 0.55, 0.8, 0.72, 0.55, 0.5, 0.62, 0.7, 0.55, 0.46, 0.45, 0.5, 0.62, 0.8, 0.86, 0.74,
  0.55, 0.36, 0.22,
];
const PEOPLE: Curve = [
  0.04, 0.03, 0.02, 0.02, 0.04, 0.1, 0.3, 0.8, 1, 0.7, 0.55, 0.75, 0.85, 0.65, 0.5, 0.5, 0.6, 0.95, 0.8, 0.5, 0.35,
  0.25, 0.15, 0.08,
];

function at(curve: Curve, nowMs: number): number {
  const hour = (((nowMs / 3_600_000 + 8) % 24) + 24) % 24;
  const whole = Math.floor(hour);
  const before = curve[whole] ?? 0;
  const after = curve[(whole + 1) % 24] ?? 0;
  return before + (after - before) * (hour - whole);
}

export const powerUse = (nowMs: number): number => at(OFFICE_POWER, nowMs);
export const waterUse = (nowMs: number): number => at(WATER, nowMs);
export const peopleAbout = (nowMs: number): number => at(PEOPLE, nowMs);
