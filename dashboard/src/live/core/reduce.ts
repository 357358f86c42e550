// One message of the live socket applied to the picture. A gap in `seq` is never papered over: it asks for a reconnect,
// because an alarm missing from the list is worse than a moment without a list.
import type { LiveMessage, LiveState, LiveStep, Picture, PointNow, Values } from './state.ts';

const none = (state: LiveState): LiveStep => ({ state, effect: { kind: 'none' } });
const reconnect = (state: LiveState, resume: boolean): LiveStep => ({
  state: { ...state, following: false, position: resume ? state.position : null },
  effect: { kind: 'reconnect', resume },
});

const merge = <T extends { readonly id: string }>(
  old: ReadonlyMap<string, T>,
  changes: readonly T[] | undefined,
  isGone: (item: T) => boolean = () => false,
): ReadonlyMap<string, T> => {
  if (changes === undefined || changes.length === 0) return old;
  const next = new Map(old);
  for (const item of changes) {
    if (isGone(item)) next.delete(item.id);
    else next.set(item.id, item);
  }
  return next;
};

/** A screen that stays open for months must not collect them all. */
const COMMANDS_KEPT = 100;
const newest = <T>(items: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
  items.size <= COMMANDS_KEPT ? items : new Map([...items].slice(-COMMANDS_KEPT));

type Changes = Extract<LiveMessage, { type: 'delta' }>;

/** Closed alarms and orders come one last time and then leave the picture. */
export const applyChanges = (picture: Picture, changes: Omit<Changes, 'type' | 'seq'>): Picture => ({
  gateways: merge(picture.gateways, changes.gateways),
  equipment: merge(picture.equipment, changes.equipment),
  alarms: merge(picture.alarms, changes.alarms, (item) => item.state === 'NORM'),
  workOrders: merge(
    picture.workOrders,
    changes.workOrders,
    (item) => item.state === 'CLOSED' || item.state === 'CANCELLED',
  ),
  floods: merge(picture.floods, changes.floods, (item) => item.end !== null),
  commands: newest(merge(picture.commands, changes.commands)),
});

const emptyPicture: Picture = {
  gateways: new Map(),
  equipment: new Map(),
  alarms: new Map(),
  workOrders: new Map(),
  floods: new Map(),
  commands: new Map(),
};

export const applyValues = (
  old: Values,
  changes: readonly (readonly [string, string, number | string | null, string, number])[],
): Values => {
  if (changes.length === 0) return old;
  const next = new Map(old);
  const opened = new Map<string, Map<string, PointNow>>();
  for (const [equipmentId, point, value, quality, timeMs] of changes) {
    let points = opened.get(equipmentId);
    if (points === undefined) {
      points = new Map(old.get(equipmentId));
      opened.set(equipmentId, points);
      next.set(equipmentId, points);
    }
    points.set(point, { value, quality, timeMs });
  }
  return next;
};

const applyDelta = (state: LiveState, message: Changes): LiveStep => {
  const position = state.position;
  // Deltas of an instance whose snapshot we do not hold are worthless.
  if (position === null || state.connectedTo !== position.instance) return reconnect(state, false);
  if (message.seq <= position.seq) return none(state);
  if (message.seq !== position.seq + 1) return reconnect(state, true);
  const picture = applyChanges(state, message);
  return none({ ...state, ...picture, following: true, position: { ...position, seq: message.seq } });
};

/** `nowMs` is browser time. */
export const receive = (previous: LiveState, message: LiveMessage, nowMs: number): LiveStep => {
  const state: LiveState = { ...previous, heardAtMs: nowMs };
  switch (message.type) {
    case 'hello': {
      const clockOffsetMs = message.serverTimeMs - nowMs;
      return none({ ...state, connectedTo: message.instance, clockOffsetMs, lostAtMs: null, following: false });
    }
    case 'snapshot': {
      if (state.connectedTo === null) return reconnect(state, false);
      const picture = applyChanges(emptyPicture, message);
      return none({
        ...state,
        ...picture,
        following: true,
        position: { instance: state.connectedTo, seq: message.seq },
      });
    }
    case 'delta':
      return applyDelta(state, message);
    case 'values':
      return none({ ...state, values: applyValues(state.values, message.values) });
    case 'heartbeat': {
      const heard = { ...state, clockOffsetMs: message.serverTimeMs - nowMs, dataAgeMs: message.dataAgeMs };
      const position = state.position;
      if (position === null || state.connectedTo !== position.instance) return reconnect(heard, false);
      // The server is further than we are: something was lost. We are further than the server: not the same history.
      if (message.seq > position.seq) return reconnect(heard, true);
      if (message.seq < position.seq) return reconnect(heard, false);
      return none({ ...heard, following: true });
    }
  }
};

export const connectionLost = (state: LiveState, nowMs: number): LiveState =>
  state.lostAtMs !== null ? state : { ...state, connectedTo: null, following: false, lostAtMs: nowMs };

/** Query of the next connection: `?resume=INSTANCE.SEQ`, or none when there is nothing to resume. */
export const resumeQuery = (state: LiveState): string =>
  state.position === null
    ? ''
    : `?resume=${encodeURIComponent(`${state.position.instance}.${String(state.position.seq)}`)}`;
