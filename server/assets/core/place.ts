// Where equipment stands.

export interface Place {
  readonly site: string;
  readonly building: string;
  readonly floor: string;
  readonly room: string;
}

export const PLACELESS: Place = { site: '', building: '', floor: '', room: '' };
