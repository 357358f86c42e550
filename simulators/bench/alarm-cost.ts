// What rules cost: the same values at the same rate through devices with rules and without, in turns, in CPU seconds of the
// server and of its database; then as fast as the server commits.
import type { Product } from '../e2e/product.ts';
import { createStream, DEVICES, type Stream } from './alarm-load.ts';
import { databaseCpuSeconds } from './database-usage.ts';
import type { EdgeNode } from './edge-node.ts';
import { type Figures, percentile, processUsage, round } from './report.ts';

const VALUES_PER_S = 20_000;
const TURNS = 8;
const TURN_S = 4;
const UNPACED_TURNS = 5;
const UNPACED_S = 2.5;
/** Long enough for every window of the rules to be full. */
const WARM_UP_S = 12;

interface Cost {
  /** CPU seconds per 100,000 committed values. */
  readonly server: number;
  readonly database: number;
  readonly valuesPerS: number;
}
/** The same with rules and without, one right after the other: what else the machine does weighs on both alike. */
interface Turn<T> {
  readonly ruled: T;
  readonly plain: T;
}

export async function measureCost(product: Product, node: EdgeNode): Promise<{ figures: Figures; baseline: Figures }> {
  const ruled = createStream(node, 0);
  const plain = createStream(node, DEVICES);
  await ruled.paced(WARM_UP_S, VALUES_PER_S);
  await plain.paced(WARM_UP_S / 3, VALUES_PER_S);
  const costs = await inTurns(TURNS, { ruled: () => costOf(product, ruled), plain: () => costOf(product, plain) });
  const rates = await inTurns(UNPACED_TURNS, {
    ruled: () => ruled.unpaced(UNPACED_S),
    plain: () => plain.unpaced(UNPACED_S),
  });
  const serverRatios = costs.map((turn) => turn.ruled.server / turn.plain.server - 1);
  const wholeRatios = costs.map((turn) => total(turn.ruled) / total(turn.plain) - 1);
  return {
    figures: {
      offeredValuesPerSecond: VALUES_PER_S,
      committedValuesPerSecond: round(median(costs.map((turn) => turn.ruled.valuesPerS)), 0),
      serverCpuSecondsPer100kValues: round(median(costs.map((turn) => turn.ruled.server)), 3),
      databaseCpuSecondsPer100kValues: round(median(costs.map((turn) => turn.ruled.database)), 3),
      costShareOfServerCpu: round(median(serverRatios), 3),
      costShareOfServerCpuLowestTurn: round(Math.min(...serverRatios), 3),
      costShareOfServerCpuHighestTurn: round(Math.max(...serverRatios), 3),
      costShareOfServerAndDatabaseCpu: round(median(wholeRatios), 3),
      shareOfDatabaseCpu: round(median(costs.map((turn) => turn.ruled.database / total(turn.ruled))), 3),
      unpacedCommittedValuesPerSecond: round(median(rates.map((turn) => turn.ruled)), 0),
      unpacedToPlain: round(median(rates.map((turn) => turn.ruled / turn.plain)), 3),
    },
    baseline: {
      plainServerCpuSecondsPer100kValues: round(median(costs.map((turn) => turn.plain.server)), 3),
      plainDatabaseCpuSecondsPer100kValues: round(median(costs.map((turn) => turn.plain.database)), 3),
      plainUnpacedCommittedValuesPerSecond: round(median(rates.map((turn) => turn.plain)), 0),
    },
  };
}

/** Every other turn begins with the rules, so that neither always comes first. */
async function inTurns<T>(turns: number, measure: Turn<() => Promise<T>>): Promise<Turn<T>[]> {
  const done: Turn<T>[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const first = turn % 2 === 0 ? await measure.plain() : await measure.ruled();
    const second = turn % 2 === 0 ? await measure.ruled() : await measure.plain();
    done.push(turn % 2 === 0 ? { plain: first, ruled: second } : { ruled: first, plain: second });
  }
  return done;
}

async function costOf({ program, dataDir }: Product, stream: Stream): Promise<Cost> {
  const used = () => ({
    server: processUsage(program.child.pid ?? 0).cpuSeconds,
    database: databaseCpuSeconds(dataDir),
  });
  const beganMs = performance.now();
  const before = used();
  const values = await stream.paced(TURN_S, VALUES_PER_S);
  const after = used();
  const per = 100_000 / values;
  return {
    server: (after.server - before.server) * per,
    database: (after.database - before.database) * per,
    valuesPerS: (values * 1000) / (performance.now() - beganMs),
  };
}

const total = ({ server, database }: Cost): number => server + database;
const median = (figures: readonly number[]): number => percentile(figures, 0.5);
