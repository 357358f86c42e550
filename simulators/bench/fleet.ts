// CPU and memory of the process that simulates 500 Modbus TCP devices x 30 points, while each is read once a second.
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type FleetProcess, startFleetProcess } from './fleet-process.ts';
import { type BenchResult, processUsage, round } from './report.ts';

const POINTS = 30;
const DEVICES = Number(process.env['LOUWEI_BENCH_DEVICES'] ?? 500);
const SECONDS = 20;
/** Header, function code and byte count before the registers. */
const ANSWER_BYTES = 9 + POINTS * 2;

export async function benchFleet(): Promise<BenchResult> {
  const single = await startFleetProcess(1, 1);
  await delay(2000);
  const empty = processUsage(single.pid);
  await single.stop();
  const fleet = await startFleetProcess(DEVICES, POINTS);
  const reader = await readOnceASecond(fleet);
  try {
    await delay(3000);
    const began = { answers: reader.answers(), cpu: processUsage(fleet.pid).cpuSeconds, at: performance.now() };
    await delay(SECONDS * 1000);
    const seconds = (performance.now() - began.at) / 1000;
    const usage = processUsage(fleet.pid);
    const answersPerSecond = (reader.answers() - began.answers) / seconds;
    return {
      figures: {
        devices: DEVICES,
        pointsPerDevice: POINTS,
        readsPerSecond: round(answersPerSecond, 0),
        shareAnswered: round(answersPerSecond / DEVICES, 3),
        cpuSecondsPerSecond: round((usage.cpuSeconds - began.cpu) / seconds, 3),
        rssMiB: round(usage.rssMiB),
      },
      baseline: { rssMiBWithOneDevice: round(empty.rssMiB) },
    };
  } finally {
    reader.stop();
    await fleet.stop();
  }
}

/** As the gateway reads: one connection to each device, one read of all points a second, spread over the second. */
async function readOnceASecond({ ports }: FleetProcess) {
  let bytes = 0;
  const request = Buffer.from([0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, POINTS]);
  const sockets = await Promise.all(
    ports.map(
      (port) =>
        new Promise<Socket>((done, fail) => {
          const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => done(socket));
          socket.once('error', fail);
          socket.on('data', (chunk: Buffer) => {
            bytes += chunk.length;
          });
        }),
    ),
  );
  const timers = sockets.map((socket, index) => {
    const ask = (): void => {
      socket.write(request);
      timers[index] = setTimeout(ask, 1000);
    };
    return setTimeout(ask, (index * 1000) / sockets.length);
  });
  return {
    answers: () => bytes / ANSWER_BYTES,
    stop() {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
    },
  };
}
