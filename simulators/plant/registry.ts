// Every class that can be simulated, listed once.
import { accessController } from './access-controller.ts';
import { boosterPumpSet } from './booster-pump-set.ts';
import { dryTypeTransformer } from './dry-type-transformer.ts';
import { elevator } from './elevator.ts';
import { fireAlarmPanel } from './fire-alarm-panel.ts';
import { lvDistributionMeter } from './lv-distribution-meter.ts';
import { type PlantKind, plantKind } from './plant.ts';
import { sumpPump } from './sump-pump.ts';

const KINDS: readonly PlantKind[] = [
  plantKind(boosterPumpSet),
  plantKind(sumpPump),
  plantKind(dryTypeTransformer),
  plantKind(lvDistributionMeter),
  plantKind(elevator),
  plantKind(fireAlarmPanel),
  plantKind(accessController),
];

export const PLANTS: ReadonlyMap<string, PlantKind> = new Map(KINDS.map((kind) => [kind.class, kind]));
