// The raw value inside an OPC UA variant, as the conversion of the model expects it.

/** Built-in types (OPC 10000-6, 5.1.2) that node-opcua does not deliver as a plain number, boolean or text. */
const INT64 = 8;
const UINT64 = 9;
const LOCALIZED_TEXT = 21;

export interface RawVariant {
  readonly dataType: number;
  readonly value: unknown;
}

/** @returns number, bigint, boolean or string; undefined when there is no value; an object nobody can convert stays one. */
export function rawValue({ dataType, value }: RawVariant): unknown {
  if (value === null || value === undefined) return undefined;
  if ((dataType === INT64 || dataType === UINT64) && Array.isArray(value)) return sixtyFourBits(dataType, value);
  if (value instanceof Date) return value.toISOString();
  if (dataType === LOCALIZED_TEXT && typeof value === 'object' && 'text' in value) return value.text ?? undefined;
  return value;
}

function sixtyFourBits(dataType: number, [high, low]: readonly unknown[]): bigint | undefined {
  if (typeof high !== 'number' || typeof low !== 'number') return undefined;
  const bits = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  return dataType === INT64 ? BigInt.asIntN(64, bits) : bits;
}
