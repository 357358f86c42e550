// Turns wanted registers and bits into as few read requests as the protocol and the product allow.
// Limits: 125 registers and 2,000 bits per read (Modbus Application Protocol V1.1b3, 6.1-6.4).

export const AREAS = ['coil', 'discrete', 'holding', 'input'] as const;
export type Area = (typeof AREAS)[number];

/** A run of registers (or bits, in the areas coil and discrete); `address` counts from 0 as on the wire. */
export interface Span {
  readonly area: Area;
  readonly address: number;
  readonly count: number;
}

export interface ReadLimits {
  /** Most registers the product answers in one read. */
  readonly maxRegisters: number;
  readonly maxBits: number;
  /** Unwanted registers that may be read along to save a request. 0: read nothing nobody asked for. */
  readonly maxGap: number;
}

export const PROTOCOL_LIMITS: ReadLimits = { maxRegisters: 125, maxBits: 2000, maxGap: 0 };

export const isBitArea = (area: Area): boolean => area === 'coil' || area === 'discrete';
export const endOf = (span: Span): number => span.address + span.count;

/**
 * @param barriers see {@link barrierAt}: places where a request must begin, learned from blocks the product refused.
 * @returns requests in order of area and address. Every span lies whole in one request, so that a value of several
 *   registers is never put together from two moments; only a span longer than the limit itself is cut. No register is
 *   read twice, except where partly overlapping spans do not fit one request together.
 */
export function planReads(
  wanted: readonly Span[],
  limits: ReadLimits,
  barriers: ReadonlySet<string> = new Set(),
): Span[] {
  const requests: Span[] = [];
  for (const area of AREAS) {
    const max = isBitArea(area) ? limits.maxBits : limits.maxRegisters;
    const spans = wanted.filter((span) => span.area === area && span.count > 0);
    requests.push(...mergeArea(spans, max, limits.maxGap, barriers));
  }
  return requests;
}

/** Key of the place where a span begins. */
export const barrierAt = (span: Pick<Span, 'area' | 'address'>): string => `${span.area} ${span.address}`;

function mergeArea(spans: readonly Span[], max: number, maxGap: number, barriers: ReadonlySet<string>): Span[] {
  const ordered = spans.toSorted((a, b) => a.address - b.address || b.count - a.count);
  const merged: Span[] = [];
  for (const span of ordered.flatMap((whole) => cut(whole, max))) {
    const last = merged.at(-1);
    const end = last === undefined ? 0 : Math.max(endOf(last), endOf(span));
    if (last !== undefined && endOf(span) <= endOf(last)) continue;
    const joins = last !== undefined && span.address - endOf(last) <= maxGap && !barriers.has(barrierAt(span));
    if (joins && end - last.address <= max) {
      merged[merged.length - 1] = { ...last, count: end - last.address };
    } else {
      merged.push(span);
    }
  }
  return merged;
}

function cut(span: Span, max: number): Span[] {
  const parts: Span[] = [];
  for (let at = span.address; at < endOf(span); at += max) {
    parts.push({ area: span.area, address: at, count: Math.min(max, endOf(span) - at) });
  }
  return parts;
}

/** Positions of the requests that together bring the span: one, or several when it had to be cut. */
export function requestsFor(span: Span, requests: readonly Span[]): number[] {
  const whole = requests.findIndex(
    (request) => request.area === span.area && request.address <= span.address && endOf(request) >= endOf(span),
  );
  if (whole >= 0) return [whole];
  return requests.flatMap((request, index) =>
    request.area === span.area && request.address < endOf(span) && endOf(request) > span.address ? [index] : [],
  );
}

/** Requests in turn, beginning behind `after`: a block that never answers must not hide the ones behind it. */
export function rotate(requests: readonly Span[], after: Span | null): Span[] {
  if (after === null) return [...requests];
  const rank = (span: Span): number => AREAS.indexOf(span.area) * 0x1_0000 + span.address;
  const first = requests.findIndex((request) => rank(request) > rank(after));
  return first < 0 ? [...requests] : [...requests.slice(first), ...requests.slice(0, first)];
}
