// The public face of the device library: schemas, types, the loader and the faults it reports.
export { type Conversion, convertRaw, type Decoded, rawOf } from './decode/core/conversion.ts';
export { counted } from './decode/core/counter.ts';
export { type Derivation, derivationsOf, derive, shownIn } from './decode/core/derived.ts';
export { pickPath } from './decode/core/path.ts';
export {
  decodeRegisters,
  encodeRegisters,
  type PointSpan,
  pointSpans,
  registerCount,
  type WordOrder,
  wireAddress,
} from './decode/core/registers.ts';
export { identify, UnreachableError } from './identify/identify.ts';
export { LIBRARY_DIR, type LoadedLibrary, loadLibrary } from './loader.ts';
export * from './schema/class.ts';
export { faultsOf } from './schema/issue.ts';
export * from './schema/model.ts';
export * from './schema/problem.ts';
export * from './schema/quality.ts';
export * from './schema/rule.ts';
export { eventAsAlarm, eventReasons } from './schema/site-class.ts';
export * from './schema/text.ts';
export * from './schema/write.ts';
export { interlockFault, isNeverWritable, writeRuleOf, writeValueFault } from './write/core/allowed.ts';
export { parseYamlFile, parseYamlText } from './yaml-file.ts';
