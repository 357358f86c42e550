// Tables of this domain.

export type PeopleTables = {};
