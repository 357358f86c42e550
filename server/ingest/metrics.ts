// Figures of ingest: received = stored + duplicate + rejected + dropped, and how far and how fast it commits.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface IngestMetrics {
  readonly received: Counter;
  readonly stored: Counter;
  readonly duplicate: Counter;
  readonly rejected: Counter;
  readonly dropped: Counter;
  readonly malformed: Counter;
  readonly missing: Counter;
  readonly rebirths: Counter;
  readonly failedBatches: Counter;
  readonly batchSamples: Histogram;
  readonly commitSeconds: Histogram;
}

export function createIngestMetrics(
  registry: Registry,
  waiting: () => number,
  lag: () => Iterable<[string, number]>,
): IngestMetrics {
  const registers = [registry];
  const counter = (name: string, help: string): Counter =>
    new Counter({ name: `louwei_ingest_${name}`, help, registers });
  new Gauge({
    name: 'louwei_ingest_waiting_samples',
    help: 'Samples waiting for their transaction',
    registers,
    collect() {
      this.set(waiting());
    },
  });
  new Gauge({
    name: 'louwei_ingest_watermark_lag',
    help: 'Samples in hand above the first missing one, by gateway',
    labelNames: ['gateway'],
    registers,
    collect() {
      this.reset();
      for (const [gateway, value] of lag()) this.set({ gateway }, value);
    },
  });
  return {
    received: counter('received_samples_total', 'Samples understood, duplicates included'),
    stored: counter('stored_samples_total', 'Samples committed'),
    duplicate: counter('duplicate_samples_total', 'Samples that were in hand already'),
    rejected: counter('rejected_samples_total', 'Samples that cannot be stored; listed in delivery_gap'),
    dropped: new Counter({
      name: 'louwei_ingest_dropped_samples_total',
      help: 'Samples dropped before their transaction; gateways with an outbox send them again',
      labelNames: ['reason'],
      registers,
    }),
    malformed: counter('malformed_messages_total', 'Messages that are not Sparkplug B'),
    missing: counter('missing_samples_total', 'Samples gateways have given up; listed in delivery_gap'),
    rebirths: counter('rebirth_requests_total', 'Rebirths asked for'),
    failedBatches: counter('failed_batches_total', 'Batches rolled back and tried again'),
    batchSamples: new Histogram({
      name: 'louwei_ingest_batch_samples',
      help: 'Samples per transaction',
      buckets: [1, 10, 50, 100, 500, 1_000, 2_500, 5_000, 10_000],
      registers,
    }),
    commitSeconds: new Histogram({
      name: 'louwei_ingest_commit_seconds',
      help: 'Duration of a transaction, s',
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
      registers,
    }),
  };
}
