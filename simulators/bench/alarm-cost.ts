// What rules cost: the same values at the same rate through devices with rules and without, in turns, in CPU seconds of the
// server and of its database; then as fast as the server commits.
import type { Product } from '../e2e/product.ts';
import { createStream, DEVICES, type Stream } from './alarm-load.ts';
import { databaseCpuSeconds } from './database-usage.ts';
import type { EdgeNode } from './edge-node.ts';
import { type Figures, processUsage, round } from './report.ts';

export const VALUES_PER_S = 20_000;
const TURNS = 5;
const TURN_S = 6;
const UNPACED_TURNS = 3;
const UNPACED_S = 4;
/** Long enough for every window of the rules to be full. */
const WARM_UP_S = 12;

/** CPU seconds per 100,000 committed values. */
interface Cost {
  readonly server: number;
  readonly database: number;
}

export async function measureCost(product: Product, node: EdgeNode): Promise<{ figures: Figures; baseline: Figures }> {
  const ruled = createStream(node, 0);
  const plain = createStream(node, DEVICES);
  await ruled.paced(WARM_UP_S, VALUES_PER_S);
  await plain.paced(WARM_UP_S / 3, VALUES_PER_S);
  const costs = { ruled: [] as Cost[], plain: [] as Cost[] };
  for (let turn = 0; turn < TURNS; turn++) {
    costs.plain.push(await costOf(product, plain));
    costs.ruled.push(await costOf(product, ruled));
  }
  const rates = { ruled: [] as number[], plain: [] as number[] };
  for (let turn = 0; turn < UNPACED_TURNS; turn++) {
    rates.plain.push(await plain.unpaced(UNPACED_S));
    rates.ruled.push(await ruled.unpaced(UNPACED_S));
  }
  const withRules = median(costs.ruled);
  const without = median(costs.plain);
  const turnCosts = costs.ruled.map(({ server }, turn) => server / (costs.plain[turn]?.server ?? Number.NaN) - 1);
  return {
    figures: {
      valuesPerSecond: VALUES_PER_S,
      serverCpuSecondsPer100kValues: round(withRules.server, 3),
      databaseCpuSecondsPer100kValues: round(withRules.database, 3),
      costShareOfServerCpu: round(withRules.server / without.server - 1, 3),
      costShareOfServerCpuLowestTurn: round(Math.min(...turnCosts), 3),
      costShareOfServerCpuHighestTurn: round(Math.max(...turnCosts), 3),
      costShareOfServerAndDatabaseCpu: round(total(withRules) / total(without) - 1, 3),
      shareOfDatabaseCpu: round(withRules.database / total(withRules), 3),
      unpacedCommittedValuesPerSecond: round(middle(rates.ruled), 0),
      unpacedToPlain: round(middle(rates.ruled) / middle(rates.plain), 3),
    },
    baseline: {
      plainServerCpuSecondsPer100kValues: round(without.server, 3),
      plainDatabaseCpuSecondsPer100kValues: round(without.database, 3),
      plainUnpacedCommittedValuesPerSecond: round(middle(rates.plain), 0),
    },
  };
}

async function costOf({ program, dataDir }: Product, stream: Stream): Promise<Cost> {
  const used = () => ({
    server: processUsage(program.child.pid ?? 0).cpuSeconds,
    database: databaseCpuSeconds(dataDir),
  });
  const before = used();
  const values = await stream.paced(TURN_S, VALUES_PER_S);
  const after = used();
  const per = 100_000 / values;
  return { server: (after.server - before.server) * per, database: (after.database - before.database) * per };
}

const total = ({ server, database }: Cost): number => server + database;
const middle = (figures: readonly number[]): number =>
  figures.toSorted((a, b) => a - b)[figures.length >> 1] ?? Number.NaN;
const median = (costs: readonly Cost[]): Cost => ({
  server: middle(costs.map(({ server }) => server)),
  database: middle(costs.map(({ database }) => database)),
});
