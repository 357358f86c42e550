// Ways out of Louwei: their states, and webhooks.
import type { outward } from '@louwei/server/contract';
import { pathOf, request } from './request.ts';

export const fetchOutward = (): Promise<{ readonly items: readonly outward.OutwardState[] }> =>
  request('GET', pathOf('outward'));
export const fetchWebhooks = (): Promise<{ readonly items: readonly outward.Webhook[] }> =>
  request('GET', pathOf('webhooks'));

export const addWebhook = (
  url: string,
  filter: outward.WebhookFilter,
): Promise<outward.Webhook & { readonly secret: string }> => request('POST', pathOf('webhooks'), { url, filter });
export const enableWebhook = (id: string, enabled: boolean): Promise<unknown> =>
  request('PATCH', pathOf('webhooks', id), { enabled });
export const removeWebhook = (id: string): Promise<unknown> => request('DELETE', pathOf('webhooks', id));
export const testWebhook = (id: string): Promise<{ readonly ok: boolean; readonly detail: string }> =>
  request('POST', pathOf('webhooks', id, 'test'), {});
export const retryWebhook = (id: string): Promise<unknown> => request('POST', pathOf('webhooks', id, 'retry'), {});
