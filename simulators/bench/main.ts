// `npm run bench -- NAME|all [--scale S]`: measures the product as whole processes and prints one line of JSON per bench.
// The scale shortens the hour of `outage` for rehearsals.
import { parseArgs } from 'node:util';
import { benchAlarms } from './alarms.ts';
import { benchBacktest } from './backtest.ts';
import { benchFleet } from './fleet.ts';
import { benchGateway, benchGatewayFast } from './gateway.ts';
import { benchIngest } from './ingest.ts';
import { benchLatency } from './latency.ts';
import { benchOutage } from './outage.ts';
import { type BenchResult, printReport } from './report.ts';

const BENCHES: Readonly<Record<string, (scale: number) => Promise<BenchResult>>> = {
  ingest: benchIngest,
  gateway: benchGateway,
  'gateway-fast': benchGatewayFast,
  fleet: benchFleet,
  latency: benchLatency,
  backtest: benchBacktest,
  alarms: benchAlarms,
  outage: benchOutage,
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { scale: { type: 'string' } } });
const scale = Number(values.scale ?? 1);
if (!(scale > 0 && scale <= 1)) {
  console.error(`--scale: found ${values.scale}, expected a number above 0 and at most 1`);
  process.exit(2);
}
const [wanted = ''] = positionals;
const names = wanted === 'all' ? Object.keys(BENCHES) : [wanted];
for (const name of names) {
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (bench === undefined) {
    console.error(`no bench "${name}"; there are: ${Object.keys(BENCHES).join(', ')}, all`);
    process.exit(2);
  }
  printReport(name, await bench(scale));
}
process.exit(0);
