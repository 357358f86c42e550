// What may be commanded. Linter, gateway and server each ask for themselves, so that a mistake in one of them is not enough.
import type { EquipmentClass } from '../../schema/class.ts';
import type { DeviceModel } from '../../schema/model.ts';
import type { Interlock, WriteRule } from '../../schema/write.ts';

/** Fire protection and vertical transport are controlled by their own certified panels only. */
const NEVER_GROUPS: ReadonlySet<string> = new Set(['fire', 'lifts']);
/** The same for classes that stand in another group. */
const NEVER_CLASSES: ReadonlySet<string> = new Set([
  'elevator',
  'emergency-light',
  'escalator',
  'fire-alarm-panel',
  'fire-pump',
  'gas-detector',
  'hydrant-line',
  'lift-control',
]);

type ClassName = Pick<EquipmentClass, 'class' | 'group'>;

/** @returns true for classes that no configuration and no model can open to commands. */
export const isNeverWritable = (subject: ClassName): boolean =>
  NEVER_GROUPS.has(subject.group) || NEVER_CLASSES.has(subject.class);

/** @returns the rule by which the point may be written, or null: not at all. */
export function writeRuleOf(model: DeviceModel, subject: EquipmentClass, point: string): WriteRule | null {
  if (isNeverWritable(subject) || subject.remoteControl !== true || model.class !== subject.class) return null;
  return Object.hasOwn(model.points, point) ? (model.points[point]?.write ?? null) : null;
}

/** @returns what is wrong with the value in words, or null. */
export function writeValueFault(rule: WriteRule, value: number): string | null {
  const [low, high] = rule.range;
  if (!Number.isFinite(value)) return `${value} is not a number`;
  if (value < low || value > high) return `${value} is not between ${low} and ${high}`;
  const steps = (value - low) / rule.step;
  // Decimal steps are not exact in binary; a millionth of a step is noise.
  return Math.abs(steps - Math.round(steps)) > 1e-6 ? `${value} is not a step of ${rule.step} from ${low}` : null;
}

/** @param current last good value of a point, null when there is none now. @returns the condition that does not hold, in words. */
export function interlockFault(rule: WriteRule, current: (point: string) => number | null): string | null {
  for (const condition of rule.interlock) {
    const value = current(condition.point);
    if (value === null) return `interlock: ${condition.point} has no good value now`;
    if (!holds(condition, value)) return `interlock: ${condition.point} is ${value}, must be ${wordsOf(condition)}`;
  }
  return null;
}

const holds = ({ is, above, below }: Interlock, value: number): boolean =>
  (is === undefined || value === is) &&
  (above === undefined || value > above) &&
  (below === undefined || value < below);

const wordsOf = ({ is, above, below }: Interlock): string =>
  [
    is === undefined ? '' : String(is),
    above === undefined ? '' : `above ${above}`,
    below === undefined ? '' : `below ${below}`,
  ]
    .filter((part) => part !== '')
    .join(' and ');
