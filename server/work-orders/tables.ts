// Tables of this domain.

export type WorkOrderTables = Record<never, never>;
