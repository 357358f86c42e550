// `npm run bench -- NAME|all`: measures the product as whole processes and prints one line of JSON per bench.

import { benchAlarms } from './alarms.ts';
import { benchBacktest } from './backtest.ts';
import { benchFleet } from './fleet.ts';
import { benchGateway } from './gateway.ts';
import { benchIngest } from './ingest.ts';
import { benchLatency } from './latency.ts';
import { type BenchResult, printReport } from './report.ts';

const BENCHES: Readonly<Record<string, () => Promise<BenchResult>>> = {
  ingest: benchIngest,
  gateway: benchGateway,
  fleet: benchFleet,
  latency: benchLatency,
  backtest: benchBacktest,
  alarms: benchAlarms,
};

const wanted = process.argv[2] ?? '';
const names = wanted === 'all' ? Object.keys(BENCHES) : [wanted];
for (const name of names) {
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (bench === undefined) {
    console.error(`no bench "${name}"; there are: ${Object.keys(BENCHES).join(', ')}, all`);
    process.exit(2);
  }
  printReport(name, await bench());
}
process.exit(0);
