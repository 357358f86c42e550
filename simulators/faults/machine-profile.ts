// Class and model of the machines of the fault runs: `p0` above 50 is an alarm at once and calls out a technician.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';

export const MACHINE_CLASS = 'fault-machine';
export const MACHINE_MODEL = 'faults/machine';
export const LIMIT = 50;

const both = (text: string) => ({ zh: text, en: text });
const told = {
  cause: both('Fault run'),
  consequence: both('None'),
  action: { zh: ['查看'], en: ['Look'] },
  timeToRespondMin: 10,
};

export function writeMachineProfile(folder: string): void {
  write(join(folder, 'classes/fault-machine.yaml'), {
    class: MACHINE_CLASS,
    label: both('Machine'),
    group: 'monitoring',
    points: {
      comm: { label: both('Communication'), kind: 'state', poll: 'fast', values: { 0: both('lost'), 1: both('ok') } },
      p0: { label: both('Temperature'), kind: 'analog', unit: 'm', range: [0, 1_000_000], poll: 'fast' },
      p1: { label: both('Counter'), kind: 'analog', unit: 'm', range: [0, 1_000_000_000], poll: 'fast' },
    },
    alarms: {
      'comm-loss': {
        rule: { kind: 'comm-loss' },
        priority: 3,
        onDelayS: 30,
        offDelayS: 60,
        text: both('Lost'),
        ...told,
      },
      'too-high': {
        rule: { kind: 'limit', point: 'p0', above: LIMIT, deadband: 5 },
        priority: 2,
        text: both('Too high'),
        ...told,
        workOrder: { kind: 'emergency', skill: 'general', failureClass: 'heat' },
      },
    },
    faceplate: ['p0'],
  });
  write(join(folder, 'models/faults/machine.yaml'), {
    model: MACHINE_MODEL,
    label: both('Machine'),
    class: MACHINE_CLASS,
    proof: 'example',
    sources: [{ title: 'Made for fault runs' }],
    protocol: 'mqtt',
    mqtt: { expectEveryS: 5 },
    points: { p0: { topic: 'state', path: 'p0' }, p1: { topic: 'state', path: 'p1' } },
    examples: [{ point: 'p0', payload: '{"p0": 20}', value: 20 }],
  });
}

function write(file: string, content: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, stringify(content));
}
