// From waiting facts to samples, inside the transaction: births enter the register, deaths take equipment offline,
// every sample is placed in its gateway's stream. Nothing here outlives a rollback except through the caller.
import { COMM_POINT, PROPERTY } from '@louwei/gateway/sparkplug';
import type { EquipmentRecord } from '../assets/directory.ts';
import type { EquipmentRegister, GatewayProgress } from '../assets/register.ts';
import type { Trx } from '../migrations/tables.ts';
import { isRejection, type Reading, readingOf, type TimeWindow } from './core/reading.ts';
import type { DeviceBirth, DroppedByGateway, NamedMetric, NodeBirth } from './core/session-effects.ts';
import { createTracker, enterEpoch, giveUpThrough, type Range, receive, type Tracker } from './core/watermark.ts';
import { createGapLog, type GapLog } from './gaps.ts';
import type { IngestBatch, IngestedSample } from './participant.ts';
import type { Pending } from './pending.ts';

export interface BatchContext {
  readonly register: EquipmentRegister;
  /** Trackers as of the last commit. */
  readonly trackers: ReadonlyMap<string, Tracker>;
  /** Place in the stream of the newest `comm` reading of each piece of equipment. */
  readonly commOrder: Map<string, { readonly epoch: number; readonly seq: number }>;
  readonly window: TimeWindow;
  readonly nowMs: number;
}

export interface AppliedBatch {
  readonly batch: IngestBatch;
  readonly trackers: ReadonlyMap<string, Tracker>;
  readonly progress: readonly GatewayProgress[];
  readonly gaps: GapLog;
  readonly duplicates: number;
  readonly staleEpoch: number;
  /** Gateways whose facts came without their birth having been stored. */
  readonly unknown: ReadonlySet<string>;
}

export async function applyBatch(trx: Trx, entries: readonly Pending[], context: BatchContext): Promise<AppliedBatch> {
  const { register, nowMs } = context;
  const samples: IngestedSample[] = [];
  const gatewayChanges: IngestBatch['gatewayChanges'][number][] = [];
  const trackers = new Map<string, Tracker>();
  const progress = new Map<string, GatewayProgress>();
  const unknown = new Set<string>();
  const gaps = createGapLog();
  let duplicates = 0;
  let staleEpoch = 0;

  const trackerOf = (gatewayId: string): Tracker => {
    const known = trackers.get(gatewayId) ?? context.trackers.get(gatewayId);
    if (known !== undefined) return known;
    const watermark = register.draftedGateway(gatewayId)?.watermark ?? { epoch: 0, seq: 0 };
    return createTracker(watermark.epoch, watermark.seq);
  };

  /** Readings of the message that are not in hand yet. */
  function admit(pending: Pending, epoch: number, metrics: readonly NamedMetric[]): Reading[] {
    const { gatewayId } = pending;
    let tracker = trackerOf(gatewayId);
    const readings: Reading[] = [];
    for (const { metric, name, seq } of metrics) {
      if (pending.provesDelivery) {
        const result = receive(tracker, epoch, seq);
        tracker = result.tracker;
        if (result.verdict === 'stale-epoch') staleEpoch++;
        else if (result.verdict === 'duplicate') duplicates++;
        if (result.verdict !== 'new') continue;
      } else tracker = createTracker(epoch, seq);
      const reading =
        pending.poison === undefined
          ? readingOf(metric, name, seq, pending.fact.receivedAtMs, context.window)
          : { seq, name, reason: pending.poison };
      if (isRejection(reading)) gaps.add(gatewayId, epoch, [seq, seq], 'rejected', `${name}: ${reading.reason}`);
      else readings.push(reading);
    }
    trackers.set(gatewayId, tracker);
    return readings;
  }

  function enter(pending: Pending, epoch: number, dropped: DroppedByGateway | undefined): void {
    if (!pending.provesDelivery) return;
    const { gatewayId } = pending;
    const before = trackerOf(gatewayId);
    const entered = enterEpoch(before, epoch);
    let { tracker } = entered;
    const note = (missing: readonly Range[], of: number, reason: 'epoch-changed' | 'gateway-dropped'): void => {
      for (const range of missing) gaps.add(gatewayId, of, range, reason, '');
    };
    note(entered.missing, before.epoch, 'epoch-changed');
    if (dropped !== undefined && epoch === tracker.epoch) {
      // Of a stream the server has nothing of yet this only says where it begins, unless something was given up.
      const beginning = tracker.watermark === 0 && tracker.ranges.length === 0 && dropped.records === 0;
      const given = giveUpThrough(tracker, dropped.throughSeq);
      if (!beginning) note(given.missing, epoch, 'gateway-dropped');
      tracker = given.tracker;
    }
    trackers.set(gatewayId, tracker);
  }

  async function keep(pending: Pending, equipment: EquipmentRecord, epoch: number, readings: Reading[]): Promise<void> {
    const missing = new Map<string, string>();
    for (const { name, type } of readings) if (!equipment.points.has(name)) missing.set(name, type);
    const { id, gatewayId, points } =
      missing.size === 0
        ? equipment
        : await register.addPoints(
            trx,
            equipment.id,
            [...missing].map(([name, type]) => ({ name, type })),
          );
    for (const { name, type: _type, ...reading } of readings) {
      const point = points.get(name);
      if (point === undefined) continue;
      const { receivedAtMs, sentAtMs } = pending.fact;
      samples.push({
        gatewayId,
        equipmentId: id,
        pointId: point.pointId,
        point: name,
        ...reading,
        receivedAtMs,
        ...(sentAtMs === undefined ? {} : { sentAtMs }),
        epoch,
      });
      if (name === COMM_POINT && reading.value !== null) {
        const known = context.commOrder.get(id);
        if (known !== undefined && (known.epoch > epoch || (known.epoch === epoch && known.seq > reading.seq)))
          continue;
        context.commOrder.set(id, { epoch, seq: reading.seq });
        await register.setEquipmentOnline(trx, id, reading.value !== 0, reading.timeMs);
      }
    }
  }

  async function birth(pending: Pending, fact: NodeBirth | DeviceBirth): Promise<EquipmentRecord> {
    const said = fact.kind === 'device-birth' ? fact.properties : {};
    const properties = Object.fromEntries(
      Object.entries(PROPERTY).flatMap(([key, name]) => (said[name] === undefined ? [] : [[key, said[name]]])),
    );
    const { gatewayId } = pending;
    return register.registerBirth(trx, { gatewayId, deviceId: fact.device, properties, points: fact.points }, nowMs);
  }

  async function gatewayOnline(gatewayId: string, online: boolean, timeMs: number): Promise<void> {
    const news = await register.setGatewayOnline(trx, gatewayId, online, timeMs);
    if (news) gatewayChanges.push({ gatewayId, online, timeMs });
  }

  async function apply(pending: Pending): Promise<void> {
    const { gatewayId, fact } = pending;
    if (fact.kind === 'node-birth') await register.registerGateway(trx, pending, nowMs);
    if (register.draftedGateway(gatewayId) === undefined) return void unknown.add(gatewayId);
    switch (fact.kind) {
      case 'node-birth': {
        const equipment = await birth(pending, fact);
        await gatewayOnline(gatewayId, true, fact.receivedAtMs);
        enter(pending, fact.epoch, fact.dropped);
        return keep(pending, equipment, fact.epoch, admit(pending, fact.epoch, fact.metrics));
      }
      case 'device-birth': {
        const equipment = await birth(pending, fact);
        await keep(pending, equipment, fact.epoch, admit(pending, fact.epoch, fact.metrics));
        // A rebirth repeats readings that are in hand, but the gateway may have been offline in between.
        if (fact.online !== undefined)
          await register.setEquipmentOnline(trx, equipment.id, fact.online, fact.receivedAtMs);
        return;
      }
      case 'data': {
        enter(pending, fact.epoch, fact.dropped);
        const readings = admit(pending, fact.epoch, fact.metrics);
        if (readings.length === 0) return;
        const known = register.drafted(gatewayId, fact.device);
        const unborn = { gatewayId, deviceId: fact.device, properties: {}, points: [] };
        return keep(pending, known ?? (await register.registerBirth(trx, unborn, nowMs)), fact.epoch, readings);
      }
      case 'node-death':
        return gatewayOnline(gatewayId, false, fact.timeMs);
      case 'device-death': {
        const equipment = register.drafted(gatewayId, fact.device);
        if (equipment !== undefined) await register.setEquipmentOnline(trx, equipment.id, false, fact.timeMs);
      }
    }
  }

  for (const pending of entries) {
    await apply(pending);
    const { gatewayId } = pending;
    const { epoch, watermark: seq } = trackerOf(gatewayId);
    if (!unknown.has(gatewayId))
      progress.set(gatewayId, { gatewayId, epoch, seq, lastSeenMs: pending.fact.receivedAtMs });
  }
  return {
    batch: { nowMs, samples, gatewayChanges },
    trackers,
    progress: [...progress.values()],
    gaps,
    duplicates,
    staleEpoch,
    unknown,
  };
}
