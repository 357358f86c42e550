// A signed-in client of the product: REST with its cookie, and the live socket as a list of messages.
import WebSocket from 'ws';
import { ADMIN_PASSWORD, until } from './product.ts';

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

export interface Client {
  readonly cookie: string;
  get<T>(path: string): Promise<T>;
  send<T>(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<Answer<T>>;
  live(): Promise<Live>;
}

export interface Live {
  readonly messages: readonly LiveRecord[];
  watch(equipment: readonly string[], points: 'faceplate' | 'all'): void;
  close(): void;
}

export interface LiveRecord {
  readonly atMs: number;
  readonly message: Record<string, unknown> & { readonly type: string };
}

export async function signIn(url: string, username = 'admin', password = ADMIN_PASSWORD): Promise<Client> {
  const answer = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  if (!answer.ok) throw new Error(`signing in as ${username}: ${answer.status} ${await answer.text()}`);
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  return {
    cookie,
    async get<T>(path: string) {
      const reply = await fetch(url + path, { headers: { cookie } });
      if (!reply.ok) throw new Error(`GET ${path}: ${reply.status} ${await reply.text()}`);
      return (await reply.json()) as T;
    },
    async send<T>(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown) {
      const reply = await fetch(url + path, {
        method,
        headers: { cookie, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await reply.text();
      return { status: reply.status, body: (text === '' ? undefined : JSON.parse(text)) as T };
    },
    async live() {
      const messages: LiveRecord[] = [];
      const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/live`, { headers: { cookie, origin: url } });
      socket.on('message', (data) => {
        messages.push({ atMs: Date.now(), message: JSON.parse(String(data)) as LiveRecord['message'] });
      });
      await new Promise<void>((done, fail) => {
        socket.once('open', done);
        socket.once('error', fail);
      });
      await until(
        'the live socket sends its snapshot',
        10_000,
        () => messages.some((entry) => entry.message.type === 'snapshot'),
        10,
      );
      return {
        messages,
        watch: (equipment, points) => socket.send(JSON.stringify({ type: 'watch', equipment, points })),
        close: () => socket.terminate(),
      };
    },
  };
}
