// Whatever is lost, cut off or restarted: once the line is quiet, the picture equals the server's.
import type { alarms, live } from '@louwei/server/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LOST_GRACE_MS, linkAt, retryDelayMs, SILENCE_MS, validityOf } from './freshness.ts';
import { connectionLost, receive, resumeQuery } from './reduce.ts';
import { initialState, type LiveMessage, type LiveState } from './state.ts';

type Alarm = alarms.Alarm;
const anAlarm = (id: string, state: Alarm['state'], activationSeq: number): Alarm => ({
  id,
  equipmentId: 'TR-1',
  equipmentName: { zh: '变压器', en: 'Transformer' },
  place: { site: 's', building: 'b', floor: '1', room: 'r' },
  alarm: 'winding-overtemperature',
  point: 'windingTemperature',
  priority: 1,
  state,
  active: true,
  acknowledged: false,
  uncertain: false,
  text: { zh: '', en: '' },
  value: 1,
  limit: null,
  unit: null,
  activeAt: '2026-01-01T00:00:00.000Z',
  detectedAt: '2026-01-01T00:00:00.000Z',
  clearedAt: null,
  acknowledgedAt: null,
  acknowledgedBy: null,
  activationSeq,
  activations: 1,
  chattering: false,
  acknowledgeOverdue: false,
  firstOut: false,
  workOrderId: null,
  shelvedUntil: null,
});

/** A server as the contract describes it, remembering only its last few deltas. */
const modelServer = () => {
  let instance = 1;
  let seq = 0;
  let open = new Map<string, Alarm>();
  let log: { seq: number; message: LiveMessage }[] = [];
  const empty = { gateways: [], equipment: [], workOrders: [], floods: [] };
  return {
    change: (alarm: Alarm): LiveMessage => {
      seq += 1;
      if (alarm.state === 'NORM') open.delete(alarm.id);
      else open.set(alarm.id, alarm);
      const message: LiveMessage = { type: 'delta', seq, alarms: [alarm] };
      log = [...log, { seq, message }].slice(-4);
      return message;
    },
    restart: () => {
      instance += 1;
      seq = 0;
      log = [];
      open = new Map(open);
    },
    greet: (query: string): LiveMessage[] => {
      const hello: LiveMessage = { type: 'hello', instance: String(instance), serverTimeMs: 0 };
      const [from, at] = decodeURIComponent(query.replace('?resume=', '')).split('.');
      const known = from === String(instance) && Number(at) <= seq && (log[0]?.seq ?? seq + 1) <= Number(at) + 1;
      if (known) return [hello, ...log.filter((entry) => entry.seq > Number(at)).map((entry) => entry.message)];
      return [hello, { type: 'snapshot', seq, ...empty, alarms: [...open.values()] }];
    },
    heartbeat: (): LiveMessage => ({ type: 'heartbeat', seq, serverTimeMs: 0, dataAgeMs: null }),
    open: () => open,
  };
};

type Event =
  | { kind: 'change'; id: string; state: Alarm['state']; lost: boolean }
  | { kind: 'cut' }
  | { kind: 'restart' }
  | { kind: 'heartbeat' };

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('change' as const),
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      state: fc.constantFrom('UNACK' as const, 'ACKED' as const, 'NORM' as const),
      lost: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'cut' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'heartbeat' as const }) },
);

const console_ = (server: ReturnType<typeof modelServer>) => {
  let state: LiveState = initialState(0);
  const take = (message: LiveMessage): void => {
    const step = receive(state, message, 0);
    state = step.state;
    if (step.effect.kind === 'reconnect') connect();
  };
  const connect = (): void => {
    state = connectionLost(state, 0);
    for (const message of server.greet(resumeQuery(state))) take(message);
  };
  return { take, connect, state: () => state };
};

describe('the live picture', () => {
  it('equals the server after any sequence of changes, losses, cuts and restarts', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const server = modelServer();
        const client = console_(server);
        client.connect();
        let n = 0;
        for (const e of events) {
          n += 1;
          if (e.kind === 'change') {
            const message = server.change(anAlarm(e.id, e.state, n));
            if (!e.lost) client.take(message);
          } else if (e.kind === 'heartbeat') client.take(server.heartbeat());
          else {
            if (e.kind === 'restart') server.restart();
            client.connect();
          }
        }
        client.take(server.heartbeat());
        client.take(server.heartbeat());
        expect(client.state().following).toBe(true);
        expect(client.state().alarms).toEqual(server.open());
      }),
      { numRuns: 500 },
    );
  });

  it('asks to resume on a gap and for a snapshot from a server it does not know', () => {
    const client = console_(modelServer());
    client.connect();
    expect(receive(client.state(), { type: 'delta', seq: 7 }, 0).effect).toEqual({ kind: 'reconnect', resume: true });
    const fresh = receive(initialState(0), { type: 'hello', instance: 'x', serverTimeMs: 0 }, 0).state;
    expect(receive(fresh, { type: 'delta', seq: 1 }, 0).effect).toEqual({ kind: 'reconnect', resume: false });
  });

  it('keeps the newest value of each point', () => {
    const values: live.LiveValue[] = [
      ['P-1', 'pressure', 0.4, 'good', 1],
      ['P-1', 'pressure', 0.5, 'good', 2],
    ];
    const state = receive(initialState(0), { type: 'values', values }, 5).state;
    expect(state.values.get('P-1')?.get('pressure')).toEqual({ value: 0.5, quality: 'good', timeMs: 2 });
    expect(state.heardAtMs).toBe(5);
  });
});

describe('freshness', () => {
  const live: LiveState = {
    ...initialState(0),
    position: { instance: 'x', seq: 1 },
    connectedTo: 'x',
    following: true,
    lostAtMs: null,
  };

  it('freezes the page after two missed heartbeats', () => {
    expect(linkAt(live, SILENCE_MS).kind).toBe('live');
    expect(linkAt(live, SILENCE_MS + 1)).toEqual({ kind: 'frozen', sinceMs: 0 });
  });

  it('freezes the page soon after the connection has closed', () => {
    const lost = connectionLost(live, 1_000);
    expect(linkAt(lost, 1_000 + LOST_GRACE_MS).kind).toBe('connecting');
    expect(linkAt(lost, 1_001 + LOST_GRACE_MS).kind).toBe('frozen');
  });

  it('calls a value stale after three missed turns, and nothing good of equipment that is offline', () => {
    const now = { value: 1, quality: 'good', timeMs: 0 };
    expect(validityOf(now, 10, true, 30_000).kind).toBe('good');
    expect(validityOf(now, 10, true, 33_000).kind).toBe('stale');
    expect(validityOf(now, 10, false, 1_000).kind).toBe('stale');
    expect(validityOf({ ...now, quality: 'timeout' }, 10, true, 0)).toEqual({ kind: 'bad', reason: 'timeout' });
    expect(validityOf(undefined, 10, true, 0).kind).toBe('unknown');
  });

  it('retries ever more slowly, but at least every 5 s', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const delay = retryDelayMs(attempt, random);
        expect(delay).toBeGreaterThan(0);
        expect(delay).toBeLessThanOrEqual(5_000);
      }),
    );
  });
});
