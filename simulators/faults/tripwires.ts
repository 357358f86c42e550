// Alarms in the class of the load devices that nothing in their traffic justifies: `p0` is above 50 for ten seconds out of
// twenty, and every point comes every second. Whoever raises one has cut a delay short or taken a moment for a silence.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

const both = (text: string) => ({ zh: text, en: text });
const told = {
  priority: 3,
  text: both('Invented'),
  cause: both('Fault run'),
  consequence: both('None'),
  action: { zh: ['查看'], en: ['Look'] },
  timeToRespondMin: 10,
};

const TRIPWIRES = {
  'delay-cut-short': { rule: { kind: 'limit', point: 'p0', above: 50, deadband: 5 }, onDelayS: 600, ...told },
  'not-silent': { rule: { kind: 'stale', point: 'p1', afterS: 600 }, ...told },
  'not-that-long': { rule: { kind: 'duration', point: 'comm', equals: 1, forS: 7200 }, ...told },
  'not-frozen': { rule: { kind: 'frozen', point: 'p2', band: 0, forS: 600 }, ...told },
};

/** @param profiles folder that `writeLoadProfiles` has written */
export function addTripwires(profiles: string): void {
  const file = join(profiles, 'classes/load-device.yaml');
  const described = parse(readFileSync(file, 'utf8')) as { alarms: Record<string, unknown> };
  writeFileSync(file, stringify({ ...described, alarms: { ...described.alarms, ...TRIPWIRES } }));
}
