// What a simulated machine is: a state that moves with time and faults, and the values of its class's points.

/** Values in the units of the class. null: the sensor delivers nothing. */
export type PointValue = number | boolean | string | null;
export type PointValues = Readonly<Record<string, PointValue>>;
export type Faults = ReadonlySet<string>;

/** The physics of one equipment class. Pure: the same seed, times and faults give the same run. */
export interface Plant<State> {
  readonly class: string;
  /** Name of each fault that can be injected, and what it does. */
  readonly faults: Readonly<Record<string, string>>;
  create(seed: number): State;
  /** @param dtS seconds since the last step, 0 < dtS <= 5 */
  step(state: State, dtS: number, nowMs: number, faults: Faults): State;
  points(state: State): PointValues;
  /** Takes a command to a point, in the unit of the class. Absent: the machine takes none. */
  command?(state: State, point: string, value: number): State;
}

/** One machine of any class, its state hidden. */
export interface Machine {
  step(dtS: number, nowMs: number, faults: Faults): void;
  points(): PointValues;
  /** A machine that takes no commands ignores them. */
  command?(point: string, value: number): void;
}

export interface PlantKind {
  readonly class: string;
  readonly faults: Readonly<Record<string, string>>;
  build(seed: number): Machine;
}

/** Closes a plant over its state, so that plants of different classes fit into one list. */
export function plantKind<State>(plant: Plant<State>): PlantKind {
  return {
    class: plant.class,
    faults: plant.faults,
    build(seed) {
      let state = plant.create(seed);
      return {
        step(dtS, nowMs, faults) {
          state = plant.step(state, dtS, nowMs, faults);
        },
        points: () => plant.points(state),
        command(point, value) {
          state = plant.command?.(state, point, value) ?? state;
        },
      };
    },
  };
}
