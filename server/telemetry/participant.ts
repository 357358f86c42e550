// Telemetry's part in ingest's transaction: the readings into the store, and after the commit into the present values.
import type { BatchParticipant } from '../ingest/participant.ts';
import type { LatestValues } from './latest-values.ts';
import type { StoreOutcome, TelemetryStore } from './store.ts';

export interface TelemetryParticipantOptions {
  readonly store: TelemetryStore;
  readonly latest: LatestValues;
  /** What a committed batch brought. */
  readonly onStored?: (outcome: StoreOutcome) => void;
}

export function createTelemetryParticipant(options: TelemetryParticipantOptions): BatchParticipant {
  const { store, latest } = options;
  let outcome: StoreOutcome = { stored: 0, known: 0 };
  return {
    name: 'telemetry',
    async apply(trx, batch) {
      outcome = await store.insert(trx, batch.samples);
    },
    committed(batch) {
      store.settled(true);
      options.onStored?.(outcome);
      latest.adopt(batch.samples);
    },
    rolledBack() {
      store.settled(false);
    },
  };
}
