// The class and model of the bench's Modbus devices: u16 holding registers side by side, every change reported.
import { type ModbusModel, modbusModel } from '@louwei/device-profiles';

export const fleetPoint = (index: number): string => `p${index}`;

const both = (text: string) => ({ zh: text, en: text });
const names = (points: number): string[] => Array.from({ length: points }, (_, index) => fleetPoint(index));

export const fleetClassFile = (points: number) => ({
  class: 'bench-device',
  label: both('Bench'),
  group: 'monitoring',
  points: {
    comm: { label: both('Communication'), kind: 'state', poll: 'fast', values: { 0: both('lost'), 1: both('ok') } },
    ...Object.fromEntries(
      names(points).map((name) => [
        name,
        { label: both(name), kind: 'analog', unit: 'm', range: [0, 65_535], poll: 'fast' },
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
      cause: both('Bench'),
      consequence: both('None'),
      action: { zh: ['看'], en: ['Look'] },
      timeToRespondMin: 60,
    },
  },
  faceplate: ['p0'],
});

export const fleetModelFile = (points: number) => ({
  model: 'bench/device',
  label: both('Bench'),
  class: 'bench-device',
  proof: 'example',
  sources: [{ title: 'Made for benches' }],
  protocol: 'modbus',
  modbus: { addressBase: 0 },
  points: Object.fromEntries(
    names(points).map((name, index) => [name, { area: 'holding', address: index, type: 'u16' }]),
  ),
  examples: [{ point: 'p0', registers: [7], value: 7 }],
});

export const FLEET_MODEL = (points: number): ModbusModel => modbusModel.parse(fleetModelFile(points));
