// What a check of a history found wrong: the kind is counted and planted in tests, the detail is for the reader.

export type FindingKind =
  | 'acked-but-lost'
  | 'gap'
  | 'duplicate'
  | 'never-logged'
  | 'out-of-order'
  | 'double-alarm'
  | 'invented-alarm'
  | 'broken-journal'
  | 'state-differs'
  | 'double-order'
  | 'order-differs';

export interface Finding {
  readonly kind: FindingKind;
  readonly detail: string;
}

/** How often each kind was found. */
export function countByKind(findings: readonly Finding[]): Partial<Record<FindingKind, number>> {
  const counts: Partial<Record<FindingKind, number>> = {};
  for (const { kind } of findings) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
