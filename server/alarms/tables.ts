// Tables of this domain.

export type AlarmTables = {};
