// A motor behind a frequency converter as its keypad shows it; pumps and fans share it.
import { approach, clamp } from './motion.ts';

/** Name plate of the motor. */
export interface Rating {
  readonly currentA: number;
  readonly powerKw: number;
  /** At 50 Hz. */
  readonly speedPerMin: number;
}

/** What happens to the drive in one step. */
export interface Duty {
  readonly on: boolean;
  readonly wantedHz: number;
  /** The shaft is stiff: more than the rated current at any speed. */
  readonly stiff: boolean;
  /** The cooling fan stands still. */
  readonly hot: boolean;
}

export interface Drive {
  readonly on: boolean;
  readonly frequencyHz: number;
  readonly wantedHz: number;
  readonly currentA: number;
  readonly powerKw: number;
  readonly heatsinkC: number;
  readonly motorC: number;
  readonly runS: number;
  readonly energyKwh: number;
  readonly startCount: number;
}

/** A drive that has been in service for `runHours` and is running now. */
export const driveInService = (rating: Rating, runHours: number, frequencyHz: number): Drive => ({
  on: true,
  frequencyHz,
  wantedHz: frequencyHz,
  currentA: rating.currentA * loadAt(frequencyHz),
  powerKw: rating.powerKw * loadAt(frequencyHz),
  heatsinkC: 52,
  motorC: 68,
  runS: runHours * 3600,
  energyKwh: runHours * rating.powerKw * 0.6,
  startCount: Math.round(runHours / 9),
});

export function stepDrive(drive: Drive, duty: Duty, rating: Rating, dtS: number): Drive {
  const wantedHz = clamp(duty.wantedHz, 0, 50);
  const frequencyHz = approach(drive.frequencyHz, duty.on ? wantedHz : 0, dtS, duty.on ? 3 : 1);
  const load = duty.on ? (duty.stiff ? 1.12 : loadAt(frequencyHz)) : 0;
  const powerKw = rating.powerKw * load;
  return {
    on: duty.on,
    frequencyHz,
    wantedHz,
    currentA: approach(drive.currentA, rating.currentA * load, dtS, 2),
    powerKw,
    heatsinkC: approach(drive.heatsinkC, duty.hot ? 95 : 30 + 26 * load, dtS, duty.hot ? 8 : 120),
    motorC: approach(drive.motorC, duty.hot ? 135 : 30 + 52 * load, dtS, duty.hot ? 8 : 300),
    runS: drive.runS + (duty.on ? dtS : 0),
    energyKwh: drive.energyKwh + (powerKw * dtS) / 3600,
    startCount: drive.startCount + (duty.on && !drive.on ? 1 : 0),
  };
}

/** Friction and magnetising current stay; the rest goes with the cube of the speed. */
const loadAt = (frequencyHz: number): number => 0.3 + 0.6 * (frequencyHz / 50) ** 3;

export const driveCounters = (drive: Drive) => ({
  runHours: drive.runS / 3600,
  energy: drive.energyKwh,
  startCount: drive.startCount,
});

export const drivePoints = (drive: Drive, rating: Rating) => ({
  speed: (rating.speedPerMin * drive.frequencyHz) / 50,
  frequency: drive.frequencyHz,
  frequencySetpoint: drive.wantedHz,
  motorCurrent: drive.currentA,
  power: drive.powerKw,
  dcLinkVoltage: 540,
  driveTemperature: drive.heatsinkC,
  motorTemperature: drive.motorC,
  ...driveCounters(drive),
});

/** Kind of fault in the classes with a drive: 0 none, 2 overload. */
export const faultKind = (broken: boolean): number => (broken ? 2 : 0);
