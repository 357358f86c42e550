// Figures of the buses for Prometheus: how busy, how fast, how many errors of which kind.
import { Counter, Gauge, type Registry } from 'prom-client';
import { type BusDiagnosis, ROUND_TRIP_MS } from '../polling/diagnosis.ts';

const PREFIX = 'louwei_gateway_bus';

export function addBusMetrics(registry: Registry, buses: () => readonly BusDiagnosis[]): void {
  const registers = [registry];
  const perBus: readonly [string, string, (bus: BusDiagnosis) => number][] = [
    ['utilisation', 'share of the last minute in which a request was under way', (bus) => bus.utilisation],
    ['planned_utilisation', 'share of the line the schedule needs', (bus) => bus.plannedUtilisation],
    ['connects_total', 'connections opened', (bus) => bus.connects],
    ['connect_errors_total', 'connections that could not be opened', (bus) => bus.connectErrors],
  ];
  for (const [figure, help, read] of perBus) {
    const settings = { name: `${PREFIX}_${figure}`, help, registers, labelNames: ['bus'] };
    const set = (into: (bus: string, value: number) => void): void => {
      for (const bus of buses()) into(bus.where, read(bus));
    };
    if (figure.endsWith('_total')) {
      new Counter({
        ...settings,
        collect() {
          this.reset();
          set((bus, value) => this.inc({ bus }, value));
        },
      });
    } else {
      new Gauge({
        ...settings,
        collect() {
          this.reset();
          set((bus, value) => this.set({ bus }, value));
        },
      });
    }
  }
  new Counter({
    name: `${PREFIX}_requests_total`,
    help: 'requests of a device by what came of them',
    registers,
    labelNames: ['device', 'outcome'],
    collect() {
      this.reset();
      for (const { units } of buses())
        for (const { id, outcomes } of units)
          for (const [outcome, count] of Object.entries(outcomes))
            if (count > 0) this.inc({ device: id, outcome }, count);
    },
  });
  new Gauge({
    name: `${PREFIX}_last_answer_seconds`,
    help: 'Unix time of the last answer of a device',
    registers,
    labelNames: ['device'],
    collect() {
      this.reset();
      for (const { units } of buses())
        for (const { id, lastAnswerMs } of units)
          if (lastAnswerMs !== null) this.set({ device: id }, lastAnswerMs / 1000);
    },
  });
  // Counted by the buses themselves; a histogram of the client library can only observe.
  new Counter({
    name: `${PREFIX}_round_trip_ms_bucket`,
    help: 'answers by round trip, ms, of all buses',
    registers,
    labelNames: ['le'],
    collect() {
      this.reset();
      const all = buses().flatMap(({ units }) => units.map(({ roundTrips }) => roundTrips));
      let below = 0;
      for (const [at, le] of [...ROUND_TRIP_MS.map(String), '+Inf'].entries()) {
        below += all.reduce((sum, roundTrips) => sum + (roundTrips[at] ?? 0), 0);
        this.inc({ le }, below);
      }
    },
  });
}
