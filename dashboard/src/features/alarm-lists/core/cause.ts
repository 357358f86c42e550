// What suppresses an alarm, read from its name in the journal: a lost gateway, a bus, a device, a feed, or a
// condition of a point.

export type Cause =
  | { readonly kind: 'gateway' | 'bus' | 'device'; readonly name: string }
  /** An alarm of what feeds the equipment. */
  | { readonly kind: 'feed'; readonly equipmentId: string; readonly alarm: string }
  | { readonly kind: 'condition'; readonly point: string; readonly sign: '=' | '>' | '<'; readonly values: string[] }
  | { readonly kind: 'other'; readonly name: string };

export const readCause = (text: string): Cause => {
  const condition = /^when:(\w+)([=<>])(.+)$/.exec(text);
  if (condition !== null) {
    const [, point = '', sign, values = ''] = condition;
    return { kind: 'condition', point, sign: sign === '>' || sign === '<' ? sign : '=', values: values.split('|') };
  }
  const feed = /^feed:(.+)\/([^/]+)$/.exec(text);
  if (feed !== null) return { kind: 'feed', equipmentId: feed[1] ?? '', alarm: feed[2] ?? '' };
  const way = /^(gateway|bus|device):(.+)$/.exec(text);
  if (way === null) return { kind: 'other', name: text };
  const [, kind, name = ''] = way;
  return { kind: kind === 'gateway' || kind === 'bus' ? kind : 'device', name };
};

/** A long list of a state's values is said by what it leaves out: "not running" instead of nine other states. */
export const shortest = (
  values: readonly string[],
  named: readonly string[],
): { readonly sign: '=' | '≠'; readonly values: readonly string[] } => {
  const others = named.filter((one) => !values.includes(one));
  const isShorter = others.length > 0 && others.length < values.length && values.every((one) => named.includes(one));
  return isShorter ? { sign: '≠', values: others } : { sign: '=', values };
};
