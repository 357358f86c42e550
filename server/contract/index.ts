// @louwei/server/contract - everything a client of the server needs to know.
export * as alarmHealth from './alarm-health.ts';
export * as alarmRegister from './alarm-register.ts';
export * as alarmSettings from './alarm-settings.ts';
export * as alarms from './alarms.ts';
export * as backtest from './backtest.ts';
export * as commands from './commands.ts';
export * as commissioning from './commissioning.ts';
export * as equipment from './equipment.ts';
export * as live from './live.ts';
export * as outward from './outward.ts';
export * as people from './people.ts';
export * from './problem.ts';
export * from './shared.ts';
export * as workOrders from './work-orders.ts';
