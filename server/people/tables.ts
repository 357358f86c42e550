// Tables of this domain.

export type PeopleTables = Record<never, never>;
