// What to send next: two lanes over one numbered log. The live lane starts at the head when a session begins, the
// backlog lane fills what lies between the server's commit watermark and that start. Only the watermark counts as an
// acknowledgement, so everything sent stays "in flight" until the watermark passes it, and is sent again when it stands still.
// The backlog's window follows the time the server takes: fifty gateways that come back at once share it without filling
// its queue, in which the live values of all of them wait as well.

export interface LaneLimits {
  /** Most records in flight of each lane: 64 messages of 500 samples. */
  readonly windowRecords: number;
  /** The backlog's window at first, and at least. */
  readonly windowLeastRecords: number;
  /** From sending to the watermark; above it the backlog's window shrinks, below it grows. */
  readonly commitTargetMs: number;
  readonly backlogPerSecond: number;
  /** Live lane this far behind the head: the rest becomes backlog and the live lane jumps to the head. */
  readonly liveLagRecords: number;
  /** No watermark progress for so long: send again; grows by half each time up to the maximum. */
  readonly resendAfterMs: number;
  readonly resendAfterMaxMs: number;
}

export const LANE_LIMITS: LaneLimits = {
  windowRecords: 64 * 500,
  windowLeastRecords: 200,
  commitTargetMs: 400,
  backlogPerSecond: 20_000,
  liveLagRecords: 10_000,
  resendAfterMs: 5_000,
  resendAfterMaxMs: 15_000,
};

/** What a line may take by itself; beyond it is taken for a queue. */
const SLOW_LINE_MS = 350;

export interface Lanes {
  /** Every record up to it is in the server's database. */
  readonly watermark: number;
  /** Next record of the backlog lane, which ends before `liveFrom`. */
  readonly backlogNext: number;
  readonly liveFrom: number;
  /** Next record of the live lane. */
  readonly liveNext: number;
  /** Records sent live since the watermark last moved. */
  readonly liveSinceProgress: number;
  /** When the watermark last moved, something was first in flight, or everything was sent again; Unix ms. */
  readonly waitingSinceMs: number;
  /** When the watermark last moved or something was first in flight; resending does not count. Unix ms. */
  readonly progressAtMs: number;
  readonly resendAfterMs: number;
  /** Records the backlog lane may send now (token bucket). */
  readonly budget: number;
  readonly budgetAtMs: number;
  /** Records the backlog may have in flight now. */
  readonly backlogWindow: number;
  /** The record whose way to the watermark is being timed. */
  readonly timed?: { readonly seq: number; readonly sentAtMs: number } | undefined;
  /** The shortest way to the watermark seen in this session, ms: what the line alone takes. */
  readonly shortestMs: number;
  readonly resends: number;
}

/** Seq range of the log, inclusive, to publish. */
export interface Send {
  readonly from: number;
  readonly to: number;
  readonly lane: 'live' | 'backlog';
}

export interface LogBounds {
  /** First record still in the log. */
  readonly first: number;
  /** Last committed record. */
  readonly head: number;
}

export interface Plan {
  readonly lanes: Lanes;
  readonly sends: readonly Send[];
  /** When to plan again though nothing happens, Unix ms; undefined when only an event can change anything. */
  readonly wakeAtMs?: number;
}

/** A new session: live from here on, everything between the watermark and here is backlog. */
export const startLanes = (watermark: number, bounds: LogBounds, limits: LaneLimits, nowMs: number): Lanes => ({
  watermark,
  backlogNext: watermark + 1,
  liveFrom: bounds.head + 1,
  liveNext: bounds.head + 1,
  liveSinceProgress: 0,
  waitingSinceMs: nowMs,
  progressAtMs: nowMs,
  resendAfterMs: limits.resendAfterMs,
  budget: 0,
  budgetAtMs: nowMs,
  backlogWindow: limits.windowLeastRecords,
  shortestMs: Number.POSITIVE_INFINITY,
  resends: 0,
});

/** The server has committed up to `seq`. Older or repeated news change nothing. */
export function acknowledge(lanes: Lanes, seq: number, limits: LaneLimits, nowMs: number): Lanes {
  if (seq <= lanes.watermark) return lanes;
  const timing = lanes.timed !== undefined && seq >= lanes.timed.seq ? lanes.timed : undefined;
  return {
    ...lanes,
    ...(timing && { timed: undefined, ...adjusted(lanes, nowMs - timing.sentAtMs, limits) }),
    watermark: seq,
    backlogNext: Math.max(lanes.backlogNext, seq + 1),
    liveFrom: Math.max(lanes.liveFrom, Math.min(seq + 1, lanes.liveNext)),
    liveSinceProgress: 0,
    waitingSinceMs: nowMs,
    progressAtMs: nowMs,
    resendAfterMs: limits.resendAfterMs,
  };
}

/**
 * The backlog's window doubles while the server is fast and at most halves when it is slow, so that a queue in which many
 * gateways wait settles at the target. A line that is slow by itself gets twice its own time.
 */
function adjusted({ backlogWindow, shortestMs: before }: Lanes, tookMs: number, limits: LaneLimits) {
  const shortestMs = Math.min(before, tookMs);
  const targetMs = Math.max(limits.commitTargetMs, 2 * Math.min(shortestMs, SLOW_LINE_MS));
  const factor = tookMs * 2 <= targetMs ? 2 : Math.max(0.5, Math.min(1.25, targetMs / tookMs));
  const window = Math.max(limits.windowLeastRecords, Math.floor(backlogWindow * factor));
  return { shortestMs, backlogWindow: Math.min(limits.windowRecords, window) };
}

/** Everything in flight is sent again: the server said it missed something, or the watermark stands still. */
export function rewind(lanes: Lanes, nowMs: number): Lanes {
  const backlogDone = lanes.watermark >= lanes.liveFrom - 1;
  return {
    ...lanes,
    backlogNext: lanes.watermark + 1,
    // While a backlog is open its own end is the suspect; the server keeps what the live lane brought.
    liveFrom: backlogDone ? lanes.liveNext : lanes.liveFrom,
    waitingSinceMs: nowMs,
    timed: undefined,
    resends: lanes.resends + 1,
  };
}

/** Records sent and not yet acknowledged. */
export function inFlight(lanes: Lanes): number {
  const backlog = Math.max(0, Math.min(lanes.backlogNext, lanes.liveFrom) - 1 - lanes.watermark);
  const live = Math.max(0, lanes.liveNext - Math.max(lanes.liveFrom, lanes.watermark + 1));
  return backlog + live;
}

/** Decides what may be sent now. */
export function planSends(before: Lanes, bounds: LogBounds, limits: LaneLimits, nowMs: number): Plan {
  // What the log has given up will never be committed; the server learns it from `Node Info/Dropped Through`.
  let lanes = refill(before, limits, nowMs);
  if (bounds.first - 1 > lanes.watermark) {
    const floor = bounds.first;
    lanes = {
      ...lanes,
      watermark: floor - 1,
      backlogNext: Math.max(lanes.backlogNext, floor),
      liveFrom: Math.max(lanes.liveFrom, floor),
      liveNext: Math.max(lanes.liveNext, floor),
    };
  }
  if (inFlight(lanes) > 0 && nowMs - lanes.waitingSinceMs >= lanes.resendAfterMs) {
    lanes = {
      ...rewind(lanes, nowMs),
      resendAfterMs: Math.min(limits.resendAfterMaxMs, lanes.resendAfterMs * 1.5),
      backlogWindow: limits.windowLeastRecords,
    };
  }
  if (bounds.head - lanes.liveNext >= limits.liveLagRecords) lanes = jumpToHead(lanes, bounds.head);

  const idle = inFlight(lanes) === 0;
  const sends: Send[] = [];
  const liveTo = Math.min(bounds.head, lanes.liveNext - 1 + liveRoom(lanes, limits));
  if (liveTo >= lanes.liveNext) {
    sends.push({ from: lanes.liveNext, to: liveTo, lane: 'live' });
    lanes = {
      ...lanes,
      liveSinceProgress: lanes.liveSinceProgress + (liveTo - lanes.liveNext + 1),
      liveNext: liveTo + 1,
    };
  }
  const backlogTo = Math.min(
    lanes.liveFrom - 1,
    lanes.watermark + lanes.backlogWindow,
    lanes.backlogNext - 1 + Math.floor(lanes.budget),
  );
  if (backlogTo >= lanes.backlogNext) {
    sends.push({ from: lanes.backlogNext, to: backlogTo, lane: 'backlog' });
    lanes = {
      ...lanes,
      budget: lanes.budget - (backlogTo - lanes.backlogNext + 1),
      backlogNext: backlogTo + 1,
      timed: lanes.timed ?? { seq: backlogTo, sentAtMs: nowMs },
    };
  }
  if (idle && sends.length > 0) lanes = { ...lanes, waitingSinceMs: nowMs, progressAtMs: nowMs };
  const wakeAtMs = nextWake(lanes, nowMs);
  return { lanes, sends, ...(wakeAtMs === undefined ? {} : { wakeAtMs }) };
}

function liveRoom(lanes: Lanes, limits: LaneLimits): number {
  const backlogDone = lanes.watermark >= lanes.liveFrom - 1;
  // Behind an open backlog the watermark cannot reach the live lane, so there its movement alone is the proof of life.
  const used = backlogDone ? lanes.liveNext - 1 - lanes.watermark : lanes.liveSinceProgress;
  return Math.max(0, limits.windowRecords - used);
}

function jumpToHead(lanes: Lanes, head: number): Lanes {
  const backlogSent = lanes.backlogNext >= lanes.liveFrom;
  return {
    ...lanes,
    backlogNext: backlogSent ? Math.max(lanes.backlogNext, lanes.liveNext) : lanes.backlogNext,
    liveFrom: head + 1,
    liveNext: head + 1,
  };
}

/** The bucket holds at most a quarter of a second. */
function refill(lanes: Lanes, limits: LaneLimits, nowMs: number): Lanes {
  const elapsedMs = Math.max(0, nowMs - lanes.budgetAtMs);
  const budget = Math.min(limits.backlogPerSecond / 4, lanes.budget + (elapsedMs * limits.backlogPerSecond) / 1000);
  return { ...lanes, budget, budgetAtMs: nowMs };
}

function nextWake(lanes: Lanes, nowMs: number): number | undefined {
  const backlogOpen = lanes.backlogNext < lanes.liveFrom && lanes.backlogNext <= lanes.watermark + lanes.backlogWindow;
  if (backlogOpen) return nowMs + 25;
  return inFlight(lanes) > 0 ? lanes.waitingSinceMs + lanes.resendAfterMs : undefined;
}
