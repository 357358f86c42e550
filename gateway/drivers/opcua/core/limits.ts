// How much of one kind a server takes in one call or holds in one subscription. Pure.

export interface ServerLimits {
  readonly itemsPerCall: number;
  readonly itemsPerSubscription: number;
  readonly nodesPerRead: number;
}

/** As servers state them (OPC 10000-5, 6.3.11 OperationLimits); 0 or absent: none stated. */
export interface StatedLimits {
  readonly maxMonitoredItemsPerCall?: number | undefined;
  readonly maxMonitoredItemsPerSubscription?: number | undefined;
  readonly maxNodesPerRead?: number | undefined;
}

/** 100 items a call is what the trade uses; 1,000 items a subscription and nodes a read are what small controllers hold. */
const OURS = { itemsPerCall: 100, itemsPerSubscription: 1000, nodesPerRead: 500 };

export const serverLimits = (stated: StatedLimits): ServerLimits => ({
  itemsPerCall: smaller(OURS.itemsPerCall, stated.maxMonitoredItemsPerCall),
  // One place is for the server's clock.
  itemsPerSubscription: Math.max(1, smaller(OURS.itemsPerSubscription, stated.maxMonitoredItemsPerSubscription) - 1),
  nodesPerRead: smaller(OURS.nodesPerRead, stated.maxNodesPerRead),
});

const smaller = (ours: number, theirs: number | undefined): number =>
  theirs === undefined || !(theirs >= 1) ? ours : Math.min(ours, Math.floor(theirs));
