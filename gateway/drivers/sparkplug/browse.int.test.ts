// What an engineer sees of a broker: who speaks, the metrics of a node that was born long ago, and why there is nothing.
import { expect, it } from 'vitest';
import { metricsOf, speakers } from './browse.ts';
import { startTestBroker, startTestNode } from './edge-node.fixture.ts';

it('lists who speaks, and the metrics of a node by asking for its birth', async () => {
  const broker = await startTestBroker();
  const births = {
    '': () => [{ name: 'Supply', type: 'Float', value: 24.1 } as const],
    'pump-1': () => [
      { name: 'Motor/State', alias: 1, type: 'String', value: 'Running' } as const,
      { name: 'Starts', alias: 2, type: 'UInt32', value: 12 } as const,
    ],
  };
  const node = await startTestNode({ url: broker.url, group: 'plant', node: 'pumps', births });
  const deaf = await startTestNode({ url: broker.url, group: 'plant', node: 'deaf', births, deaf: true });
  const talk = setInterval(() => node.data('pump-1', [{ alias: 2, type: 'UInt32', value: 13 }]), 50);
  try {
    expect(await metricsOf(broker, { group: 'plant', node: 'pumps' }, 30_000)).toEqual([
      { device: '', metric: 'bdSeq', type: 'Int64', value: '7' },
      { device: '', metric: 'Node Control/Rebirth', type: 'Boolean', value: 'false' },
      { device: '', metric: 'Supply', type: 'Float', value: '24.1' },
      { device: 'pump-1', metric: 'Motor/State', type: 'String', value: '"Running"' },
      { device: 'pump-1', metric: 'Starts', type: 'UInt32', value: '12' },
    ]);
    expect(await speakers(broker, 2_000)).toEqual(['plant/pumps/pump-1']);
    await expect(metricsOf(broker, { group: 'plant', node: 'deaf' }, 1_000)).rejects.toThrow(
      'no birth certificate of plant/deaf within 1 s, though asked for',
    );
  } finally {
    clearInterval(talk);
    node.die();
    deaf.die();
    await broker.close();
  }
  await expect(speakers(broker, 30_000)).rejects.toThrow(`${broker.url}: connection refused`);
});
