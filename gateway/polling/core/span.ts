// Runs of registers or bits on the wire, and the limits of one read.
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
  /** Most unwanted registers between two wanted ones; without it only the cost decides. */
  readonly maxGap?: number | undefined;
}

export const PROTOCOL_LIMITS: ReadLimits = { maxRegisters: 125, maxBits: 2000 };

export const isBitArea = (area: Area): boolean => area === 'coil' || area === 'discrete';
export const endOf = (span: Span): number => span.address + span.count;
/** Data bytes of the answer. */
export const bytesOf = (span: Span): number => (isBitArea(span.area) ? Math.ceil(span.count / 8) : span.count * 2);
export const maxOf = (area: Area, limits: ReadLimits): number =>
  isBitArea(area) ? limits.maxBits : limits.maxRegisters;
/** Key of the place where a span begins. */
export const placeOf = (span: Pick<Span, 'area' | 'address'>): string => `${span.area} ${span.address}`;
export const overlaps = (a: Span, b: Span): boolean =>
  a.area === b.area && a.address < endOf(b) && b.address < endOf(a);
