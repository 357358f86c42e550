// Tables of this domain.

export type WorkOrderTables = {};
