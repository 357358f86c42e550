// Random timelines on a small plant, for properties of a whole site: a bus with two boilers on it, a third one behind
// another gateway, one boiler heating the others.
import type { EquipmentClass } from '@louwei/device-profiles';
import type { Feed } from '../../assets/core/feed-graph.ts';
import { play } from './play.ts';
import type { Step } from './schema.ts';
import type { Cast, Stage } from './stage.ts';

export const CAST: Cast = new Map([
  ['bus-1', { class: 'field-bus', gatewayId: 'g1' }],
  ['TB-1', { class: 'trial-boiler', gatewayId: 'g1', bus: 'bus-1' }],
  ['TB-2', { class: 'trial-boiler', gatewayId: 'g1', bus: 'bus-1' }],
  ['TB-3', { class: 'trial-boiler', gatewayId: 'g2' }],
]);
export const FEEDS: readonly Feed[] = ['TB-2', 'TB-3'].map((fedId) => ({ feederId: 'TB-1', fedId, medium: 'heat' }));

const LONG_AGO_MS = 10 * 86_400_000;
const ALARMS = ['pressure-high', 'pressure-quick', 'temperature-high', 'flow-low', 'tripped', 'water-low'] as const;

const VALUES: readonly Readonly<Record<string, number>>[] = [
  ...[5, 15, 25].map((pressure) => ({ pressure })),
  ...[60, 98, 120].map((temperature) => ({ temperature })),
  ...[0, 1].flatMap((pumpRunning) => [0, 50].map((flow) => ({ flow, pumpRunning }))),
  ...[0, 1].flatMap((on) => [{ tripped: on }, { temperatureLow: on }, { comm: on }, { comm: on }]),
  ...[0, 1].flatMap((burnerLockout) => [0, 1].map((waterLow) => ({ burnerLockout, waterLow }))),
];
const SHELF = { do: 'shelve', reason: 'known' };
const VERBS: readonly object[] = [
  ...[1, 2, 3].map(() => ({ do: 'acknowledge' })),
  { do: 'reset' },
  { do: 'unshelve' },
  { do: 'return-to-service' },
  { do: 'comment', text: 'seen' },
  { do: 'silence', console: 'desk-1' },
  { ...SHELF, minutes: 1, oneShot: false },
  { ...SHELF, minutes: 10, oneShot: true },
  { do: 'take-out-of-service', reason: 'overhaul', reference: 'permit 7', reviewAfter: 3_600_000 },
  { do: 'take-out-of-service', reason: 'overhaul', reference: 'WO-2026-000001', reviewAfter: 3_600_000 },
];
const STEPS = ['accept', 'arrive', 'complete', 'verify', 'cancel'];
const SAID = { note: 'done', reason: 'not needed', confirmActive: true };
const DOWN_MS = [0, 3000, 20_000, 300_000];
const PAUSE_MS = [0, 0, 500, 1000, 5000, 10_000, 30_000, 60_000, 900_000];
const BOILERS = ['TB-1', 'TB-2', 'TB-3'];
const KINDS = [
  'read',
  'read',
  'read',
  'read',
  'read',
  'person',
  'person',
  'person',
  'bus',
  'gateway',
  'restart',
  'orders',
  'orders',
];

/** One step as numbers: how long after the one before, what kind, of whom, and two choices more. */
export type Draw = readonly [pause: number, kind: number, of: number, what: number, more: number];
/** What each number is drawn below. */
export const DRAWN_BELOW = 1000;

const pick = <T>(items: readonly T[], drawn: number): T => {
  const item = items[drawn % items.length];
  if (item === undefined) throw new Error('found nothing to pick from');
  return item;
};

function actionOf([, kind, of, what, more]: Draw): object {
  const on = pick(BOILERS, of);
  const flaws = { quality: more % 10 === 9 ? 'timeout' : 'good', late: more % 11 === 10 };
  switch (pick(KINDS, kind)) {
    case 'read':
      return { do: 'read', on, values: pick(VALUES, what), ...flaws };
    case 'bus':
      return { do: 'read', on: 'bus-1', values: { comm: what % 2 }, ...flaws };
    case 'gateway':
      return { do: 'gateway', id: pick(['g1', 'g2'], of), online: what % 2 === 1 };
    case 'restart':
      return { do: 'restart', down: pick(DOWN_MS, what) };
    case 'orders':
      return { do: 'order', on, by: pick(['technician', 'manager'], more), step: pick(STEPS, what), ...SAID };
    default:
      return { ...pick(VERBS, what), on, alarm: pick(ALARMS, more), by: pick(['wang', 'li'], of) };
  }
}

export function timelineOf(draws: readonly Draw[]): readonly Step[] {
  let at = 0;
  const lost = new Set<string>();
  return draws.flatMap((draw): Step[] => {
    at += pick(PAUSE_MS, draw[0]);
    const step = { ...actionOf(draw), at } as Step;
    if (step.do === 'restart') at += step.down;
    if (step.do === 'gateway') lost[step.online ? 'delete' : 'add'](step.id);
    if (step.do !== 'read') return [step];
    // Nothing comes from behind a gateway that is lost, and what an outbox kept is older than everything sent live.
    if (lost.has(CAST.get(step.on ?? '')?.gatewayId ?? '')) return [];
    return [step.late ? { ...step, sourceAt: step.at - LONG_AGO_MS } : step];
  });
}

export const lateReadings = (steps: readonly Step[]): number =>
  steps.reduce((sum, step) => sum + (step.do === 'read' && step.late ? Object.keys(step.values).length : 0), 0);

/** Plays it; @returns what people were refused, by step. */
export async function playRandom(
  steps: readonly Step[],
  stage: Stage,
  classes: ReadonlyMap<string, EquipmentClass>,
): Promise<readonly string[]> {
  const timeline = { label: { zh: '随机', en: 'Random' }, library: [], equipment: {}, feeds: [], steps: [...steps] };
  const loaded = { file: 'random', timeline, cast: CAST, feeds: FEEDS, lineOf: () => 0 };
  const problems = await play(loaded, stage, () => classes);
  // What has fallen due while the server was down is done at its start.
  await stage.advance(stage.nowMs());
  return problems.flatMap(({ field, found }) => (field.endsWith('.do') ? [`${field}: ${found.split(':')[0]}`] : []));
}
