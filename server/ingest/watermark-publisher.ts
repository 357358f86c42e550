// Tells gateways how far their stream is committed: at once, but not more often than every 50 ms each.
import { type Watermark, watermarkTopic } from '@louwei/gateway/sparkplug';

export interface WatermarkPublisherOptions {
  readonly intervalMs: number;
  readonly now: () => number;
  readonly watermarkOf: (
    gatewayId: string,
  ) => { readonly group: string; readonly node: string; readonly watermark: Watermark } | undefined;
  readonly publish: (topic: string, payload: string) => void;
}

export interface WatermarkPublisher {
  /** After the commit that moved it, and whenever a gateway shows that it does not know it. */
  due(gatewayId: string): void;
  stop(): void;
}

export function createWatermarkPublisher(options: WatermarkPublisherOptions): WatermarkPublisher {
  const { intervalMs, now } = options;
  const lastMs = new Map<string, number>();
  const timers = new Map<string, NodeJS.Timeout>();

  function publish(gatewayId: string): void {
    timers.delete(gatewayId);
    const known = options.watermarkOf(gatewayId);
    if (known === undefined) return;
    lastMs.set(gatewayId, now());
    const { epoch, seq } = known.watermark;
    options.publish(watermarkTopic(known.group, known.node), JSON.stringify({ epoch, seq }));
  }

  return {
    due(gatewayId) {
      if (timers.has(gatewayId)) return;
      const waitMs = (lastMs.get(gatewayId) ?? 0) + intervalMs - now();
      if (waitMs <= 0) publish(gatewayId);
      else
        timers.set(
          gatewayId,
          setTimeout(() => publish(gatewayId), Math.min(waitMs, intervalMs)),
        );
    },
    stop() {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
