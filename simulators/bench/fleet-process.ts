// The fleet as a process of its own, as a person would start it.
import { parseYamlFile } from '@louwei/device-profiles';
import { z } from 'zod';
import { startProgram, temporaryFolder, until } from '../e2e/product.ts';

export interface FleetProcess {
  readonly pid: number;
  /** Profile folder of the fleet's devices. */
  readonly profiles: string;
  /** The `devices:` list of a gateway that reads them. */
  readonly devices: z.infer<typeof listed>['devices'];
  readonly ports: readonly number[];
  stop(): Promise<void>;
}

const announced = z.object({ profiles: z.string(), devicesFile: z.string() });
const listed = z.object({
  devices: z.array(z.looseObject({ id: z.string(), connection: z.looseObject({ port: z.int() }) })),
});

export async function startFleetProcess(devices: number, points: number, changeMs = 1000): Promise<FleetProcess> {
  const folder = temporaryFolder();
  const args = [
    '--fleet',
    String(devices),
    '--points',
    String(points),
    '--data',
    folder.path,
    '--change-ms',
    String(changeMs),
  ];
  const program = startProgram('simulators/app/main.ts', args, {});
  const stop = async (): Promise<void> => {
    await program.stop();
    folder.remove();
  };
  try {
    const line = await until('the fleet listens', 60_000, () => {
      if (program.child.exitCode !== null) throw new Error(program.stderr());
      return program.stdout().endsWith('\n') && program.stdout();
    });
    const { profiles, devicesFile } = announced.parse(JSON.parse(line));
    const file = parseYamlFile(devicesFile, listed);
    if (!file.ok) throw new Error(`${devicesFile} is not what a gateway reads`);
    return {
      pid: program.child.pid ?? 0,
      profiles,
      devices: file.value.devices,
      ports: file.value.devices.map(({ connection }) => connection.port),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
