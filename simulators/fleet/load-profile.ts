// The one class and the models of devices that only make load: whole numbers side by side, every change reported, and an
// alarm that comes and goes with the first of them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ModbusModel, modbusModel } from '@louwei/device-profiles';
import { stringify } from 'yaml';

export const LOAD_MODEL = { modbus: 'load/modbus-device', mqtt: 'load/mqtt-device' } as const;

export const loadPoints = (count: number): string[] => Array.from({ length: count }, (_, index) => `p${index}`);

const both = (text: string) => ({ zh: text, en: text });

const classFile = (points: readonly string[]) => ({
  class: 'load-device',
  label: both('Load'),
  group: 'monitoring',
  points: {
    comm: { label: both('Communication'), kind: 'state', poll: 'fast', values: { 0: both('lost'), 1: both('ok') } },
    ...Object.fromEntries(
      points.map((point) => [
        point,
        { label: both(point), kind: 'analog', unit: 'm', range: [0, 1_000_000], poll: 'fast' },
      ]),
    ),
  },
  alarms: {
    'comm-loss': {
      rule: { kind: 'comm-loss' },
      priority: 3,
      onDelayS: 30,
      offDelayS: 60,
      text: both('Lost'),
      cause: both('Load'),
      consequence: both('None'),
      action: { zh: ['看'], en: ['Look'] },
      timeToRespondMin: 60,
    },
    'too-high': {
      rule: { kind: 'limit', point: 'p0', above: 50, deadband: 5 },
      priority: 2,
      text: both('Too high'),
      cause: both('Load'),
      consequence: both('None'),
      action: { zh: ['看'], en: ['Look'] },
      timeToRespondMin: 10,
      workOrder: { kind: 'emergency', skill: 'general', failureClass: 'load' },
    },
  },
  faceplate: ['p0'],
});

const header = (model: string) => ({
  model,
  label: both('Load'),
  class: 'load-device',
  proof: 'example',
  sources: [{ title: 'Made for load tests' }],
});

const modbusFile = (points: readonly string[]) => ({
  ...header(LOAD_MODEL.modbus),
  protocol: 'modbus',
  modbus: { addressBase: 0 },
  points: Object.fromEntries(points.map((point, address) => [point, { area: 'holding', address, type: 'u16' }])),
  examples: [{ point: 'p0', registers: [7], value: 7 }],
});

const mqttFile = (points: readonly string[]) => ({
  ...header(LOAD_MODEL.mqtt),
  protocol: 'mqtt',
  mqtt: { expectEveryS: 5 },
  points: Object.fromEntries(points.map((point) => [point, { topic: 'state', path: point }])),
  examples: [{ point: 'p0', payload: '{"p0": 20}', value: 20 }],
});

export const loadModbusModel = (points: number): ModbusModel => modbusModel.parse(modbusFile(loadPoints(points)));

/** Value of a point at a second: p0 passes its alarm limit of 50 for ten seconds out of twenty, the others count. */
export function loadValue(device: number, point: number, second: number): number {
  if (point > 0) return (second + device + point) % 60_000;
  const alarming = Math.floor((second + device) / 10) % 2 === 1;
  return (alarming ? 80 : 20) + (second % 2);
}

/** Writes class and models as a profile folder that gateway and server can be pointed to. */
export function writeLoadProfiles(folder: string, count: number): void {
  const points = loadPoints(count);
  writeYaml(join(folder, 'classes/load-device.yaml'), classFile(points));
  for (const file of [modbusFile(points), mqttFile(points)])
    writeYaml(join(folder, 'models', `${file.model}.yaml`), file);
}

export function writeYaml(file: string, content: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, stringify(content));
}
