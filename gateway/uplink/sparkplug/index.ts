// @louwei/gateway/sparkplug - the wire between gateway and server.
export {
  decodeCommands,
  encodeCommand,
  OUTCOME_STATES,
  parseOutcome,
  type WireCommand,
  type WireOutcome,
} from './command.ts';
export { DELIVERY_ENCODING, type Delivery } from './core/delivery.ts';
export { asBorn, decodePayload } from './decode.ts';
export * from './names.ts';
export {
  encodePayload,
  type Metric,
  type MetricType,
  type MetricValue,
  type Payload,
} from './payload.ts';
export * from './request.ts';
export * from './topics.ts';
