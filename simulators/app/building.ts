// The building file: which devices stand where and how they are wired.
import {
  bilingual,
  ConfigurationError,
  type DeviceModel,
  type LoadedLibrary,
  type Problem,
  parseYamlFile,
} from '@louwei/device-profiles';
import { z } from 'zod';
import { PLANTS } from '../plant/registry.ts';

const place = z.strictObject({
  site: z.string().min(1),
  building: z.string().min(1),
  floor: z.string().min(1),
  room: z.string().min(1),
});

const device = z.strictObject({
  id: z.string().regex(/^[A-Z]{2}-[1-9]\d*$/, 'two capital letters, a dash and a number, e.g. TR-1'),
  model: z.string().min(1),
  name: bilingual,
  place,
  /** Modbus devices with the same bus share one port. Default: a port of its own. */
  bus: z.string().min(1).optional(),
  unit: z.int('1-247').min(1, '1-247').max(247, '1-247').default(1),
  /** Of OPC UA devices. */
  securityMode: z.enum(['None', 'SignAndEncrypt']).default('None'),
});

const building = z.strictObject({
  /** The same seed gives the same building every time. */
  seed: z.int(),
  devices: z.array(device).min(1),
});

export type BuildingDevice = z.infer<typeof device>;

export interface Building {
  readonly seed: number;
  readonly devices: readonly {
    readonly settings: BuildingDevice;
    readonly model: DeviceModel;
    /** Ranges of the measured points, for sensors that drift; absent: none does. */
    readonly spans?: ReadonlyMap<string, readonly [number, number]>;
  }[];
}

/** @throws ConfigurationError with one problem per fault. */
export function loadBuilding(path: string, library: LoadedLibrary): Building {
  const parsed = parseYamlFile(path, building);
  if (!parsed.ok) throw new ConfigurationError(parsed.problems);
  const problems = check(parsed, path, library);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return {
    seed: parsed.value.seed,
    devices: parsed.value.devices.flatMap((settings) => {
      const model = library.models.get(settings.model);
      return model === undefined ? [] : [{ settings, model, spans: spansOf(library, model) }];
    }),
  };
}

const spansOf = (library: LoadedLibrary, model: DeviceModel): ReadonlyMap<string, readonly [number, number]> =>
  new Map(
    Object.entries(library.classes.get(model.class)?.points ?? {}).flatMap(([name, { kind, range }]) =>
      kind === 'analog' && range !== undefined ? [[name, range] as const] : [],
    ),
  );

function check(
  parsed: { readonly value: z.infer<typeof building>; lineOf(path: readonly PropertyKey[]): number },
  file: string,
  library: LoadedLibrary,
): Problem[] {
  const ids = new Set<string>();
  const units = new Map<string, string>();
  return parsed.value.devices.flatMap(({ id, model: name, bus, unit }, index) => {
    const problems: Problem[] = [];
    const fault = (field: string, found: string, expected: string): void => {
      const path = ['devices', index, field];
      problems.push({ file, line: parsed.lineOf(path), field: path.join('.'), found, expected });
    };
    if (ids.has(id)) fault('id', `"${id}" a second time`, 'an id of its own');
    ids.add(id);
    const model = library.models.get(name);
    if (model === undefined) fault('model', `"${name}"`, `one of ${[...library.models.keys()].join(', ')}`);
    else if (!PLANTS.has(model.class))
      fault('model', `"${name}" of class ${model.class}`, `a class with physics: ${[...PLANTS.keys()].join(', ')}`);
    if (bus !== undefined) {
      const holder = units.get(`${bus} ${unit}`);
      if (holder !== undefined)
        fault('unit', `${unit}, which ${holder} has on bus ${bus}`, 'a unit of its own on the bus');
      units.set(`${bus} ${unit}`, id);
    }
    return problems;
  });
}
