// What the broker asks its owner: who is this, and what may they do. The broker itself knows no topic of any domain.

export interface Credentials {
  readonly clientId: string;
  readonly username: string | undefined;
  readonly password: Uint8Array | undefined;
}

/** `refused`: wrong credentials. `unavailable`: nobody can tell now; the client should try again. */
export type Authentication<Principal> =
  | { readonly outcome: 'accepted'; readonly principal: Principal }
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'unavailable' };

export interface BrokerAccess<Principal> {
  authenticate(credentials: Credentials): Promise<Authentication<Principal>>;
  /** Also asked for wills. */
  mayPublish(principal: Principal, topic: string): boolean;
  maySubscribe(principal: Principal, filter: string): boolean;
  /** Two clients with equal account names may take over each other's client id. */
  accountName(principal: Principal): string;
}

export type BrokerEvent =
  | { readonly kind: 'connected' | 'disconnected'; readonly clientId: string; readonly account: string }
  | { readonly kind: 'login-refused' | 'login-unavailable'; readonly clientId: string; readonly remote: string }
  /** Another account's client, or one that is still talking, has this id (F21). */
  | { readonly kind: 'client-id-refused'; readonly clientId: string; readonly account: string; readonly remote: string }
  | { readonly kind: 'publish-refused'; readonly clientId: string; readonly account: string; readonly topic: string }
  | { readonly kind: 'subscribe-refused'; readonly clientId: string; readonly account: string; readonly filter: string }
  | { readonly kind: 'packet-too-large'; readonly clientId: string | null; readonly remote: string }
  | { readonly kind: 'protocol-error'; readonly clientId: string | null; readonly detail: string };
