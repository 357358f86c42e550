// The server's commit watermark as it arrives: parsed strictly, and judged against the outbox.
import type { Watermark } from '../sparkplug/topics.ts';

/** @returns undefined for anything that is not `{"epoch": integer, "seq": integer}`, both >= 0. */
export function parseWatermark(text: string): Watermark | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('epoch' in value) || !('seq' in value)) return undefined;
  const { epoch, seq } = value;
  const whole = (number: unknown): number is number => Number.isSafeInteger(number) && Number(number) >= 0;
  return whole(epoch) && whole(seq) ? { epoch, seq } : undefined;
}

export type WatermarkVerdict =
  /** Progress, or the same again. */
  | { readonly kind: 'acknowledged'; readonly seq: number }
  /** About an earlier epoch of this gateway: says only that the host keeps watermarks. */
  | { readonly kind: 'earlier' }
  /** The server knows more of this gateway than the outbox does: its numbers must not be used again. */
  | { readonly kind: 'ahead'; readonly adoptEpoch: number };

export function judgeWatermark(watermark: Watermark, outbox: { epoch: number; lastSeq: number }): WatermarkVerdict {
  if (watermark.epoch < outbox.epoch) return { kind: 'earlier' };
  if (watermark.epoch > outbox.epoch || watermark.seq > outbox.lastSeq)
    return { kind: 'ahead', adoptEpoch: watermark.epoch + 1 };
  return { kind: 'acknowledged', seq: watermark.seq };
}
