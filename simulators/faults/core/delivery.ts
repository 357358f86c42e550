// Judges the delivery of one gateway: what was acknowledged is stored, no number of its stream is missing or twice, and
// the readings of each point are in the order in which they were made.
import type { Finding } from './finding.ts';

export interface StoredReading {
  readonly epoch: number;
  readonly seq: number;
  readonly point: string;
  readonly value: number | null;
}

/** Numbers of one epoch, both ends included. */
export interface SeqRange {
  readonly epoch: number;
  readonly first: number;
  readonly last: number;
}

export interface DeliveryHistory {
  /** What the gateway has on record as logged, per epoch; also what must have arrived in the end. */
  readonly logged: readonly SeqRange[];
  /** Greatest watermark the gateway has heard: everything up to it was promised to be in the database. */
  readonly acked: { readonly epoch: number; readonly seq: number };
  /** In any order. */
  readonly stored: readonly StoredReading[];
  /** Numbers the server has recorded as never coming, e.g. given up by a full outbox. */
  readonly declared: readonly SeqRange[];
  /** Points whose producer writes ever greater values. */
  readonly growing: (point: string) => boolean;
  /** False while the backlog may still be on its way: then only what was acknowledged has to be there. */
  readonly complete: boolean;
}

export function checkDelivery(history: DeliveryHistory): Finding[] {
  const { logged, acked, declared } = history;
  const findings: Finding[] = [];
  const sorted = [...history.stored].sort((a, b) => a.epoch - b.epoch || a.seq - b.seq);
  const present = new Map<number, Set<number>>();
  const newest = new Map<string, StoredReading>();
  for (const reading of sorted) {
    const { epoch, seq, point, value } = reading;
    const seqs = present.get(epoch) ?? new Set<number>();
    present.set(epoch, seqs);
    if (seqs.has(seq)) {
      findings.push({ kind: 'duplicate', detail: `${epoch}/${seq} of ${point} is stored more than once` });
      continue;
    }
    seqs.add(seq);
    if (!logged.some((range) => holds(range, epoch, seq)))
      findings.push({ kind: 'never-logged', detail: `${epoch}/${seq} of ${point} was never logged` });
    if (value === null || !history.growing(point)) continue;
    const before = newest.get(point);
    if (before?.value != null && before.value >= value)
      findings.push({
        kind: 'out-of-order',
        detail: `${point}: ${value} at ${epoch}/${seq} follows ${before.value} at ${before.epoch}/${before.seq}`,
      });
    newest.set(point, reading);
  }
  for (const { epoch, first, last } of logged) {
    for (let seq = first; seq <= last; seq++) {
      if (present.get(epoch)?.has(seq) || declared.some((range) => holds(range, epoch, seq))) continue;
      const promised = epoch < acked.epoch || (epoch === acked.epoch && seq <= acked.seq);
      if (promised) findings.push({ kind: 'acked-but-lost', detail: `${epoch}/${seq} was acknowledged` });
      else if (history.complete) findings.push({ kind: 'gap', detail: `${epoch}/${seq} was logged` });
    }
  }
  return findings;
}

const holds = (range: SeqRange, epoch: number, seq: number): boolean =>
  range.epoch === epoch && seq >= range.first && seq <= range.last;
