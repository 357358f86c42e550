// What an OPC UA server offers below one node: for the engineer who writes a model or looks for a prefix.
import {
  AttributeIds,
  BrowseDirection,
  type ClientSession,
  MessageSecurityMode,
  NodeClass,
  OPCUAClient,
  type ReferenceDescription,
  SecurityPolicy,
  setErrorLogger,
  setWarningLogger,
  UserTokenType,
} from 'node-opcua';
import type { OpcuaConnection } from './connection.ts';
import { createCertificateStore } from './endpoint.ts';
import { groupsOf } from './item.ts';
import { wordsOf } from './words.ts';

export interface BrowsedNode {
  readonly node: string;
  readonly name: string;
  /** `Variable`, `Object`, `Method` ... */
  readonly nodeClass: string;
  /** What a variable holds now, or its bad status; null for everything else. */
  readonly value: string | null;
}

const NODES_PER_READ = 100;
const MAX_SHOWN = 60;

/** @throws an Error whose message says why, and what to do about it. */
export async function browse(connection: OpcuaConnection, node: string, dataDir: string): Promise<BrowsedNode[]> {
  setWarningLogger(() => undefined);
  setErrorLogger(() => undefined);
  const certificates = createCertificateStore(dataDir);
  const secure = connection.securityMode !== 'None';
  const client = OPCUAClient.create({
    applicationName: 'Louwei gateway',
    clientName: 'Louwei gateway',
    clientCertificateManager: certificates,
    securityMode: secure ? MessageSecurityMode.SignAndEncrypt : MessageSecurityMode.None,
    securityPolicy: secure ? SecurityPolicy[connection.securityPolicy] : SecurityPolicy.None,
    endpointMustExist: false,
    transportTimeout: 10_000,
    connectionStrategy: { maxRetry: 0 },
  });
  try {
    await certificates.initialize();
    await client.connect(connection.endpoint);
    const session = await client.createSession(
      connection.username === undefined
        ? { type: UserTokenType.Anonymous }
        : { type: UserTokenType.UserName, userName: connection.username, password: connection.password ?? '' },
    );
    return await below(session, node);
  } catch (error) {
    throw new Error(`${connection.endpoint}: ${wordsOf(error, certificates)}`, { cause: error });
  } finally {
    await client.disconnect().catch(() => undefined);
    await certificates.dispose();
  }
}

async function below(session: ClientSession, node: string): Promise<BrowsedNode[]> {
  let page = await session.browse({
    nodeId: node,
    browseDirection: BrowseDirection.Forward,
    referenceTypeId: 'HierarchicalReferences',
    includeSubtypes: true,
    resultMask: 63,
  });
  if (page.statusCode.isNotGood()) throw new Error(`${page.statusCode.name} for ${node}`);
  const found: ReferenceDescription[] = [...(page.references ?? [])];
  while (page.continuationPoint && page.continuationPoint.length > 0) {
    page = await session.browseNext(page.continuationPoint, false);
    found.push(...(page.references ?? []));
  }
  const values = await valuesOf(
    session,
    found.filter(({ nodeClass }) => nodeClass === NodeClass.Variable).map(({ nodeId }) => nodeId.toString()),
  );
  return found.map(({ nodeId, browseName, nodeClass }) => ({
    node: nodeId.toString(),
    name: browseName.name ?? '',
    nodeClass: NodeClass[nodeClass] ?? 'Unspecified',
    value: values.get(nodeId.toString()) ?? null,
  }));
}

async function valuesOf(session: ClientSession, nodes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  for (const group of groupsOf(nodes, NODES_PER_READ)) {
    const read = await session.read(group.map((nodeId) => ({ nodeId, attributeId: AttributeIds.Value })));
    group.forEach((node, index) => {
      const one = read[index];
      if (one === undefined) return;
      const text = one.statusCode.isNotGood() ? one.statusCode.name : String(one.value.value);
      values.set(node, text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);
    });
  }
  return values;
}
