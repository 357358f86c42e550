// What a command is aimed at: the equipment, its rule, its gateway and its present value - or why it cannot be commanded.
import {
  type DeviceModel,
  type EquipmentClass,
  type WriteRule,
  writeRuleOf,
  writeValueFault,
} from '@louwei/device-profiles';
import type { EquipmentDirectory, EquipmentRecord, GatewayRecord } from '../assets/directory.ts';
import { ProblemError } from '../platform/http/route.ts';
import type { LatestValues } from '../telemetry/latest-values.ts';

export interface TargetSources {
  readonly directory: EquipmentDirectory;
  readonly library: {
    readonly classes: ReadonlyMap<string, EquipmentClass>;
    readonly models: ReadonlyMap<string, DeviceModel>;
  };
  readonly latest: Pick<LatestValues, 'of'>;
}

export interface Target {
  readonly equipment: EquipmentRecord;
  readonly gateway: GatewayRecord;
  readonly rule: WriteRule;
  /** Last good value, null when there is none now. */
  readonly current: number | null;
}

/** @throws ProblemError 400, 404 or 409 with the reason in words. */
export function targetOf(sources: TargetSources, equipmentId: string, point: string, value: number): Target {
  const equipment = sources.directory.equipment(equipmentId);
  if (equipment === undefined) throw new ProblemError(404, 'not-found', `there is no equipment ${equipmentId}`);
  const subject = sources.library.classes.get(equipment.class);
  const model = sources.library.models.get(equipment.model);
  const rule = subject === undefined || model === undefined ? null : writeRuleOf(model, subject, point);
  if (rule === null)
    throw new ProblemError(400, 'invalid-request', `point: ${point} of ${equipmentId} cannot be written`);
  const fault = writeValueFault(rule, value);
  if (fault !== null) throw new ProblemError(400, 'invalid-request', `value: ${fault}`);
  const gateway = sources.directory.gateway(equipment.gatewayId);
  if (gateway === undefined || !gateway.online)
    throw new ProblemError(409, 'conflict', `the gateway ${equipment.gatewayId} is offline`);
  if (!equipment.online) throw new ProblemError(409, 'conflict', `the equipment ${equipmentId} does not answer`);
  const latest = sources.latest.of(equipmentId).get(point);
  const good = latest !== undefined && latest.quality === 'good' && typeof latest.value === 'number';
  return { equipment, gateway, rule, current: good ? Number(latest.value) : null };
}
