// Every class that can be simulated, listed once.
import { accessController } from './access-controller.ts';
import { airHandlingUnit } from './air-handling-unit.ts';
import { boosterPumpSet } from './booster-pump-set.ts';
import { chiller } from './chiller.ts';
import { dcSystem } from './dc-system.ts';
import { dieselGenerator } from './diesel-generator.ts';
import { dryTypeTransformer } from './dry-type-transformer.ts';
import { elevator } from './elevator.ts';
import { emergencyLight } from './emergency-light.ts';
import { escalator } from './escalator.ts';
import { exhaustFan } from './exhaust-fan.ts';
import { fanCoil } from './fan-coil.ts';
import { fireAlarmPanel } from './fire-alarm-panel.ts';
import { firePump } from './fire-pump.ts';
import { gasDetector } from './gas-detector.ts';
import { heatExchanger } from './heat-exchanger.ts';
import { heatNetwork } from './heat-network.ts';
import { heatingCirculationPump } from './heating-circulation-pump.ts';
import { hvSwitchgear } from './hv-switchgear.ts';
import { hydrantLine } from './hydrant-line.ts';
import { intercom } from './intercom.ts';
import { leakRope } from './leak-rope.ts';
import { liftControl } from './lift-control.ts';
import { lightingCircuit } from './lighting-circuit.ts';
import { lvDistributionMeter } from './lv-distribution-meter.ts';
import { lvDistributionPanel } from './lv-distribution-panel.ts';
import { oilTransformer } from './oil-transformer.ts';
import { parkingBarrier } from './parking-barrier.ts';
import { patrolPoint } from './patrol-point.ts';
import { type PlantKind, plantKind } from './plant.ts';
import { powerFactorCompensation } from './power-factor-compensation.ts';
import { roomEnvironment } from './room-environment.ts';
import { sumpPump } from './sump-pump.ts';
import { transferSwitch } from './transfer-switch.ts';
import { ups } from './ups.ts';
import { videoRecorder } from './video-recorder.ts';
import { waterQuality } from './water-quality.ts';
import { waterTank } from './water-tank.ts';

const KINDS: readonly PlantKind[] = [
  plantKind(accessController),
  plantKind(airHandlingUnit),
  plantKind(boosterPumpSet),
  plantKind(chiller),
  plantKind(dieselGenerator),
  plantKind(dcSystem),
  plantKind(dryTypeTransformer),
  plantKind(elevator),
  plantKind(emergencyLight),
  plantKind(escalator),
  plantKind(exhaustFan),
  plantKind(fanCoil),
  plantKind(fireAlarmPanel),
  plantKind(firePump),
  plantKind(gasDetector),
  plantKind(heatExchanger),
  plantKind(heatNetwork),
  plantKind(heatingCirculationPump),
  plantKind(hvSwitchgear),
  plantKind(hydrantLine),
  plantKind(intercom),
  plantKind(leakRope),
  plantKind(liftControl),
  plantKind(lightingCircuit),
  plantKind(lvDistributionMeter),
  plantKind(lvDistributionPanel),
  plantKind(oilTransformer),
  plantKind(powerFactorCompensation),
  plantKind(parkingBarrier),
  plantKind(patrolPoint),
  plantKind(roomEnvironment),
  plantKind(sumpPump),
  plantKind(transferSwitch),
  plantKind(ups),
  plantKind(videoRecorder),
  plantKind(waterQuality),
  plantKind(waterTank),
];

export const PLANTS: ReadonlyMap<string, PlantKind> = new Map(KINDS.map((kind) => [kind.class, kind]));
