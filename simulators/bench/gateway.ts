// CPU and memory of the gateway process while it reads 500 Modbus TCP devices x 30 points once or twice a second, every value
// changed each time; the host behind the broker acknowledges at once, so that only the gateway is measured.
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { decodePayload, parseSparkplugTopic, stateTopic, watermarkTopic } from '@louwei/gateway/sparkplug';
import { Aedes } from 'aedes';
import { freePort, startProgram, temporaryFolder, until } from '../e2e/product.ts';
import { writeYaml } from '../fleet/load-profile.ts';
import { type FleetProcess, startFleetProcess } from './fleet-process.ts';
import { type BenchResult, percentile, processUsage, round } from './report.ts';

const POINTS = 30;
const DEVICES = Number(process.env['LOUWEI_BENCH_DEVICES'] ?? 500);
const SECONDS = 20;

export const benchGateway = (): Promise<BenchResult> => measure(1000);
export const benchGatewayFast = (): Promise<BenchResult> => measure(500);

async function measure(pollMs: number): Promise<BenchResult> {
  const folder = temporaryFolder();
  const fleet = await startFleetProcess(DEVICES, POINTS, pollMs);
  const host = await startHost();
  try {
    const healthPort = await freePort();
    const devices = fleet.devices.map((device) => ({ ...device, pollMs: { fast: pollMs } }));
    const config = writeConfig(folder.path, fleet, devices, host.port, healthPort);
    const idle = startProgram(
      'gateway/app/main.js',
      ['--config', writeConfig(join(folder.path, 'idle'), fleet, [], host.port, 0)],
      {},
    );
    await delay(4_000);
    const empty = processUsage(idle.child.pid ?? 0);
    await idle.stop();

    const minimumPerSecond = await minimumRequests(config);
    const gateway = startProgram('gateway/app/main.js', ['--config', config], {});
    try {
      const pid = gateway.child.pid ?? 0;
      await until('every device has been read', 60_000, () => host.values() > DEVICES * POINTS * 3);
      const began = { polls: await pollsOf(healthPort), values: host.values(), cpu: 0, at: performance.now() };
      began.cpu = processUsage(pid).cpuSeconds;
      const residentMiB = await residentOver(pid, SECONDS);
      const seconds = (performance.now() - began.at) / 1000;
      const usage = processUsage(pid);
      const valuesPerSecond = (host.values() - began.values) / seconds;
      const polls = await pollsOf(healthPort);
      const pollSeconds = (performance.now() - began.at) / 1000;
      const requestsPerSecond = (polls.requests - began.polls.requests) / pollSeconds;
      const skipped = polls.skipped - began.polls.skipped;
      return {
        figures: {
          devices: DEVICES,
          pointsPerDevice: POINTS,
          pollIntervalS: pollMs / 1000,
          valuesReadPerSecond: round(requestsPerSecond * POINTS, 0),
          valuesPerSecond: round(valuesPerSecond, 0),
          shareOfChangesDelivered: round(valuesPerSecond / (DEVICES * POINTS * (1000 / pollMs)), 3),
          shareOfPollsInTheirInterval: round(1 - skipped / (pollSeconds * DEVICES * (1000 / pollMs)), 4),
          modbusRequestsPerSecond: round(requestsPerSecond, 1),
          modbusRequestsToMinimum: round(requestsPerSecond / minimumPerSecond, 3),
          cpuSecondsPerSecond: round((usage.cpuSeconds - began.cpu) / seconds, 3),
          rssMiB: round(percentile(residentMiB, 0.5)),
          rssMostMiB: round(Math.max(...residentMiB)),
          heapUsedMiB: await heapUsedMiB(healthPort),
        },
        baseline: {
          modbusRequestsPerSecondMinimum: round(minimumPerSecond, 1),
          rssMiBWithoutDevices: round(empty.rssMiB),
          neuronPublishedCpuSecondsPerSecond: 1.24,
          neuronPublishedRssMiB: 100,
        },
      };
    } finally {
      await gateway.stop();
    }
  } finally {
    await fleet.stop();
    await host.stop();
    folder.remove();
  }
}

/** Resident memory every second: it breathes with the collector by some 15 MiB, so one sample says little. */
async function residentOver(pid: number, seconds: number): Promise<number[]> {
  const samples: number[] = [];
  for (let second = 0; second < seconds; second += 1) {
    await delay(1000);
    samples.push(processUsage(pid).rssMiB);
  }
  return samples;
}

function writeConfig(
  folder: string,
  { profiles }: FleetProcess,
  devices: FleetProcess['devices'],
  brokerPort: number,
  healthPort: number,
): string {
  const file = join(folder, 'gateway.yaml');
  writeYaml(file, {
    gateway: 'bench',
    dataDir: './gateway',
    uplink: { url: `mqtt://127.0.0.1:${brokerPort}` },
    profiles: [profiles],
    health: { port: healthPort },
    devices,
  });
  return file;
}

/** Fewest Modbus requests a second this schedule needs, by the gateway's own planner. */
async function minimumRequests(config: string): Promise<number> {
  const plan = startProgram('gateway/app/main.js', ['plan', '--config', config, '--json'], {});
  const code = await plan.ended;
  if (code !== 0) throw new Error(`the plan ended with ${code}: ${plan.stderr()}`);
  const { buses } = JSON.parse(plan.stdout()) as { buses: { minimumRequestsPerS: number }[] };
  return buses.reduce((sum, { minimumRequestsPerS }) => sum + minimumRequestsPerS, 0);
}

const metricsOf = async (healthPort: number): Promise<string> =>
  (await fetch(`http://127.0.0.1:${healthPort}/metrics`)).text();

/** So far: Modbus requests, whatever came of them, and polls that did not begin before the next of the device was due. */
async function pollsOf(healthPort: number): Promise<{ requests: number; skipped: number }> {
  const response = await fetch(`http://127.0.0.1:${healthPort}/buses`);
  const { buses } = (await response.json()) as { buses: BusDiagnosis[] };
  return {
    requests: buses.reduce((sum, { requests }) => sum + requests, 0),
    skipped: buses.flatMap(({ units }) => units).reduce((sum, { slotsSkipped }) => sum + slotsSkipped, 0),
  };
}

interface BusDiagnosis {
  readonly requests: number;
  readonly units: readonly { readonly slotsSkipped: number }[];
}

async function heapUsedMiB(healthPort: number): Promise<number> {
  const text = await metricsOf(healthPort);
  return round(Number(/^nodejs_heap_size_used_bytes (\S+)$/m.exec(text)?.[1]) / 2 ** 20);
}

/** A broker with a host that commits whatever arrives. */
async function startHost() {
  const broker = await Aedes.createBroker();
  const server = createServer(broker.handle);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  let values = 0;
  let last = { epoch: 0, seq: 0 };
  const publish = (topic: string, content: object) =>
    broker.publish(
      { cmd: 'publish', topic, payload: Buffer.from(JSON.stringify(content)), qos: 1, retain: true, dup: false },
      () => undefined,
    );
  publish(stateTopic('louwei'), { online: true, timestamp: Date.now() });
  broker.on('publish', (packet) => {
    const topic = parseSparkplugTopic(packet.topic);
    if (topic === undefined || !Buffer.isBuffer(packet.payload)) return;
    const { delivery } = decodePayload(packet.payload);
    if (delivery === undefined) return;
    for (const seq of delivery.seqs) {
      if (seq === 0) continue;
      if (topic.type === 'DDATA') values++;
      if (delivery.epoch > last.epoch || seq > last.seq) last = { epoch: delivery.epoch, seq };
    }
  });
  const timer = setInterval(() => {
    if (last.seq > 0) publish(watermarkTopic('louwei', 'bench'), last);
  }, 50);
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    values: () => values,
    async stop() {
      clearInterval(timer);
      await new Promise<void>((done) => broker.close(() => done()));
      await new Promise((done) => server.close(done));
    },
  };
}
