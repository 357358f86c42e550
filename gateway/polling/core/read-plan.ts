// Turns wanted registers and bits into the cheapest requests the protocol and the product allow: a gap is read along
// where its bytes cost less than another request.
import type { ReadCost } from './line-cost.ts';
import {
  AREAS,
  type Area,
  bytesOf,
  endOf,
  isBitArea,
  maxOf,
  overlaps,
  placeOf,
  type ReadLimits,
  type Span,
} from './span.ts';

/** What is known not to be readable; see learned.ts. */
export interface Obstacles {
  /** See {@link placeOf}: no request may reach across these places. */
  readonly barriers: ReadonlySet<string>;
  /** No request may touch these; spans that do are not asked for. */
  readonly holes: readonly Span[];
}

export const NO_OBSTACLES: Obstacles = { barriers: new Set(), holes: [] };

/**
 * @returns the cheapest requests, in order of area and address. Every span lies whole in one request, so that a value of
 *   several registers is never put together from two moments; only a span longer than the limit itself is cut.
 */
export function planReads(
  wanted: readonly Span[],
  limits: ReadLimits,
  cost: ReadCost,
  obstacles: Obstacles = NO_OBSTACLES,
): Span[] {
  return AREAS.flatMap((area) => {
    const spans = wanted.filter(
      (span) => span.area === area && span.count > 0 && !obstacles.holes.some((hole) => overlaps(hole, span)),
    );
    return cheapest(withoutCovered(spans, maxOf(area, limits)), area, limits, cost, obstacles);
  });
}

/** Fewest requests any plan needs that keeps the limits, however long they are: nothing unreadable, bytes for free. */
export const minimumRequests = (wanted: readonly Span[], limits: ReadLimits): number =>
  planReads(wanted, limits, { requestMs: 1, byteMs: 0 }).length;

/** In order, cut to the limit, without those that lie in another: starts and ends both rise. */
function withoutCovered(spans: readonly Span[], max: number): Span[] {
  const ordered = spans
    .flatMap((whole) => cut(whole, max))
    .toSorted((a, b) => a.address - b.address || b.count - a.count);
  const kept: Span[] = [];
  for (const span of ordered) {
    const last = kept.at(-1);
    if (last === undefined || endOf(span) > endOf(last)) kept.push(span);
  }
  return kept;
}

interface Best {
  readonly costMs: number;
  readonly requests: number;
  /** First span of the last request. */
  readonly from: number;
}

/** Each request takes a run of neighbours, so the best plan of the first n spans follows from those of fewer. */
function cheapest(
  spans: readonly Span[],
  area: Area,
  limits: ReadLimits,
  cost: ReadCost,
  obstacles: Obstacles,
): Span[] {
  const max = maxOf(area, limits);
  const maxGap = isBitArea(area) ? Number.POSITIVE_INFINITY : (limits.maxGap ?? Number.POSITIVE_INFINITY);
  const best: Best[] = [{ costMs: 0, requests: 0, from: 0 }];
  for (const [last, lastSpan] of spans.entries()) {
    let choice: Best | undefined;
    for (let from = last; from >= 0; from--) {
      const request = join(spans[from] ?? lastSpan, lastSpan);
      if (request.count > max) break;
      const before = best[from];
      if (before === undefined || (from < last && isBlocked(request, obstacles))) break;
      const costMs = before.costMs + cost.requestMs + bytesOf(request) * cost.byteMs;
      const requests = before.requests + 1;
      if (choice === undefined || costMs < choice.costMs || (costMs === choice.costMs && requests < choice.requests))
        choice = { costMs, requests, from };
      const start = spans[from];
      const previous = spans[from - 1];
      if (start === undefined || previous === undefined) break;
      // A request that begins here may end further on, but none that began earlier may come across.
      if (obstacles.barriers.has(placeOf(start)) || start.address - endOf(previous) > maxGap) break;
    }
    best.push(choice ?? { costMs: Number.POSITIVE_INFINITY, requests: 0, from: last });
  }
  const plan: Span[] = [];
  for (let end = spans.length; end > 0; end = best[end]?.from ?? 0) {
    const first = spans[best[end]?.from ?? 0];
    const last = spans[end - 1];
    if (first !== undefined && last !== undefined) plan.unshift(join(first, last));
  }
  return plan;
}

const join = (first: Span, last: Span): Span => ({ ...first, count: endOf(last) - first.address });

const isBlocked = (request: Span, obstacles: Obstacles): boolean =>
  obstacles.holes.some((hole) => overlaps(hole, request));

function cut(span: Span, max: number): Span[] {
  const parts: Span[] = [];
  for (let at = span.address; at < endOf(span); at += max) {
    parts.push({ area: span.area, address: at, count: Math.min(max, endOf(span) - at) });
  }
  return parts;
}

/** Positions of the requests that together bring the span: one, or several when it had to be cut; none when they do not. */
export function requestsFor(span: Span, requests: readonly Span[]): number[] {
  const whole = requests.findIndex(
    (request) => request.area === span.area && request.address <= span.address && endOf(request) >= endOf(span),
  );
  if (whole >= 0) return [whole];
  const parts: number[] = [];
  let next = span.address;
  for (const [index, request] of requests.entries()) {
    if (request.area !== span.area || request.address > next || endOf(request) <= next) continue;
    parts.push(index);
    next = endOf(request);
    if (next >= endOf(span)) return parts;
  }
  return [];
}

/** Requests in turn, beginning behind `after`: a block that never answers must not hide the ones behind it. */
export function rotate(requests: readonly Span[], after: Span | null): Span[] {
  if (after === null) return [...requests];
  const rank = (span: Span): number => AREAS.indexOf(span.area) * 0x1_0000 + span.address;
  const first = requests.findIndex((request) => rank(request) > rank(after));
  return first < 0 ? [...requests] : [...requests.slice(first), ...requests.slice(0, first)];
}
