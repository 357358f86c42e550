// The optional way out by OPC UA Alarms & Conditions (Part 9), for a BMS or SCADA above us.
import type { OutwardState } from '../../contract/outward.ts';
import type { OutwardChannel, OutwardContext } from '../port.ts';
import type { Endpoint } from './endpoint.ts';

const STOP_MS = 2_000;

export function createOpcuaChannel(): OutwardChannel {
  let state: OutwardState = { id: 'opcua', state: 'off', address: null, detail: null };
  let endpoint: Endpoint | undefined;
  let starting: Promise<void> = Promise.resolve();

  async function open(context: OutwardContext, port: number): Promise<void> {
    const { openEndpoint } = await import('./endpoint.ts');
    endpoint = await openEndpoint(context, port);
    endpoint.conditions.changed(context.alarms.open());
    state = { id: 'opcua', state: 'ready', address: endpoint.address, detail: null };
  }

  return {
    id: 'opcua',
    routes: [],
    state() {
      const left = endpoint?.conditions.leftOut ?? 0;
      return left === 0 ? state : { ...state, detail: `${left} open alarms are not shown: too many conditions` };
    },
    // A client that connects refreshes: it needs no outbox.
    prepare: async () => undefined,
    async start(context) {
      const { port } = context.config.opcua;
      if (port === null) return;
      state = { ...state, state: 'starting' };
      context.alarms.onChange((alarms) => endpoint?.conditions.changed(alarms));
      // The first certificate takes seconds, and nothing else has to wait for it.
      starting = open(context, port).catch((error: unknown) => {
        const detail = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
        state = { id: 'opcua', state: 'failed', address: null, detail };
        context.log.error({ err: error, port }, 'the OPC UA server could not be started; see LOUWEI_OPCUA_PORT');
      });
    },
    async stop() {
      const patience = new Promise<void>((done) => setTimeout(done, STOP_MS).unref());
      await Promise.race([starting.then(() => endpoint?.close()), patience]);
    },
  };
}
