// Small laws of motion that several plants share: first-order lag, a value that wanders, limits.

export const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** First-order lag: moves `value` towards `target` with time constant `tauS`; stable for every step. */
export const approach = (value: number, target: number, dtS: number, tauS: number): number =>
  target + (value - target) * Math.exp(-dtS / tauS);

/** A value wandering within ±`span` with memory `tauS`; `chance` is a draw in [0, 1). */
export function wander(value: number, chance: number, span: number, dtS: number, tauS: number): number {
  const keep = Math.exp(-dtS / tauS);
  return clamp(value * keep + (chance * 2 - 1) * span * Math.sqrt(3 * (1 - keep * keep)), -span, span);
}
