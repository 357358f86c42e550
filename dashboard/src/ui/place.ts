// Where something is, in one line.
export interface Place {
  readonly site: string;
  readonly building: string;
  readonly floor: string;
  readonly room: string;
}

export const placeLine = (place: Place): string =>
  [place.building, place.floor, place.room].filter((part) => part !== '').join(' ');
