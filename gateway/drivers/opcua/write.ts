// One value to one node, in the data type the server itself declares for it (OPC 10000-4, 5.11.4 Write).
import { AttributeIds, type ClientSession, DataType, StatusCodes } from 'node-opcua';
import { TOO_LATE, type WriteOutcome } from '../port.ts';

/** @param value raw, in the model's conversion backwards. Never rejects. */
export async function writeNode(
  session: ClientSession,
  node: string,
  value: number,
  mayStart: () => boolean,
): Promise<WriteOutcome> {
  let dataType: DataType;
  try {
    const now = await session.read({ nodeId: node, attributeId: AttributeIds.Value });
    dataType = now.value.dataType;
  } catch (error) {
    return { kind: 'not-sent', reason: wordsOf(error) };
  }
  if (dataType === DataType.Null || dataType === DataType.String)
    return { kind: 'not-sent', reason: `the server's node ${node} is no number and no state` };
  const told = dataType === DataType.Boolean ? value !== 0 : isWhole(dataType) ? Math.round(value) : value;
  if (!mayStart()) return TOO_LATE;
  try {
    const status = await session.write({
      nodeId: node,
      attributeId: AttributeIds.Value,
      value: { value: { dataType, value: told } },
    });
    if (status.isGood()) return { kind: 'written' };
    // BadTimeout, BadNoCommunication and the like are said by a server whose device may have heard it.
    const undecided = status.equals(StatusCodes.BadTimeout) || status.equals(StatusCodes.BadCommunicationError);
    return { kind: undecided ? 'unanswered' : 'refused', reason: status.name };
  } catch (error) {
    return { kind: 'unanswered', reason: wordsOf(error) };
  }
}

const WHOLE: ReadonlySet<DataType> = new Set([
  DataType.SByte,
  DataType.Byte,
  DataType.Int16,
  DataType.UInt16,
  DataType.Int32,
  DataType.UInt32,
]);
const isWhole = (dataType: DataType): boolean => WHOLE.has(dataType);

const wordsOf = (error: unknown): string =>
  ((error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '').trim();
