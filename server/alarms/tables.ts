// Tables of this domain.

export type AlarmTables = Record<never, never>;
