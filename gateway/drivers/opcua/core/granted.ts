// What a server grants instead of what it was asked for (OPC 10000-4, 5.14.2 and 5.13.2: revised intervals), what may be expected
// of a point by it, and how to say that it is slower. Pure.

export interface Intervals {
  readonly publishingMs: number;
  readonly keepAliveMs: number;
  readonly samplingMs: number;
}

/** Wanted time between keep-alives, ms. */
const KEEP_ALIVE_MS = 5000;

/** Publishings without news before a keep-alive. */
export const keepAliveCount = (publishingMs: number): number => Math.max(1, Math.floor(KEEP_ALIVE_MS / publishingMs));

export const askedIntervals = (publishingMs: number, samplingMs: number): Intervals => ({
  publishingMs,
  keepAliveMs: publishingMs * keepAliveCount(publishingMs),
  samplingMs,
});

/** Longest silence of a point that is well. */
export const expectedEveryMs = ({ publishingMs, keepAliveMs, samplingMs }: Intervals): number =>
  Math.max(publishingMs, keepAliveMs, samplingMs);

/** Words for the engineer, or null. Faster, and slower by what rounding makes, is as asked. */
export function slowerPublishing(asked: Intervals, granted: Intervals): string | null {
  const which = [
    slower('publishing', asked.publishingMs, granted.publishingMs),
    slower('keep-alive', asked.keepAliveMs, granted.keepAliveMs),
  ].filter((words) => words !== null);
  return which.length === 0 ? null : `the server is slower than asked: ${which.join(', ')}`;
}

/** @param points their names with the sampling they were granted, ms. */
export function slowerSampling(asked: Intervals, points: readonly (readonly [string, number])[]): string[] {
  // 0 asks for the fastest there is; what is no slower than publishing changes nothing then.
  const limitMs = asked.samplingMs === 0 ? asked.publishingMs : asked.samplingMs;
  const bySampling = Map.groupBy(
    points.filter(([, ms]) => isSlower(limitMs, ms)),
    ([, ms]) => ms,
  );
  return [...bySampling].map(([ms, slow]) => {
    const names = slow.slice(0, MAX_NAMED).map(([name]) => name);
    const more = slow.length > MAX_NAMED ? ` and ${slow.length - MAX_NAMED} more` : '';
    return `the server samples every ${seconds(ms)} instead of ${seconds(asked.samplingMs)}: ${names.join(', ')}${more}`;
  });
}

const MAX_NAMED = 5;
const isSlower = (askedMs: number, grantedMs: number): boolean => grantedMs > askedMs * 1.01;
const slower = (what: string, askedMs: number, grantedMs: number): string | null =>
  isSlower(askedMs, grantedMs) ? `${what} every ${seconds(grantedMs)} instead of ${seconds(askedMs)}` : null;
const seconds = (ms: number): string => `${Number((ms / 1000).toPrecision(3))} s`;
