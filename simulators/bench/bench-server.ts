// A started server and an edge node signed in to it, for benches that measure the server.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Product, startProduct } from '../e2e/product.ts';
import { type EdgeNode, type EdgeNodeOptions, startEdgeNode } from './edge-node.ts';

export async function withBenchServer<T>(
  size: Pick<EdgeNodeOptions, 'devices' | 'pointsPerDevice' | 'stated'>,
  measure: (product: Product, node: EdgeNode) => Promise<T>,
  /** Settings of the server beside its own. */
  env: Readonly<Record<string, string>> = {},
): Promise<T> {
  const product = await startProduct({
    script: 'server/app/main.ts',
    env: { LOUWEI_BUILTIN_GATEWAY: 'bench', LOUWEI_LOG_LEVEL: 'warn', ...env },
  });
  try {
    const file = join(product.dataDir, 'secrets/gateway-bench.json');
    const account: { username: string; password: string } = JSON.parse(readFileSync(file, 'utf8'));
    const node = await startEdgeNode({
      url: `mqtt://127.0.0.1:${product.mqttPort}`,
      ...account,
      node: 'bench',
      ...size,
    });
    return await measure(product, node);
  } finally {
    await product.stop();
  }
}
