// The contrast of the tokens, computed with the WCAG 2.2 formula for both themes.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

const themeOf = (name: string): Map<string, string> => {
  const block = css.slice(css.indexOf(`data-theme="${name}"`)).split('}')[0] ?? '';
  return new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map((m) => [m[1] ?? '', m[2] ?? '']));
};

const channel = (hex: string, at: number): number => {
  const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
};
const luminance = (hex: string): number =>
  0.2126 * channel(hex, 1) + 0.7152 * channel(hex, 3) + 0.0722 * channel(hex, 5);
const contrast = (a: string, b: string): number => {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
};
const saturation = (hex: string): number => {
  const c = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  const max = Math.max(...c);
  return max === 0 ? 0 : (max - Math.min(...c)) / max;
};

const SURFACES = ['page', 'panel', 'raised', 'field'];
const TEXT_PAIRS = [
  ...['text', 'muted', 'strong'].flatMap((text) => [...SURFACES, 'hatch'].map((surface) => [text, surface])),
  ['strong-text', 'strong'],
  ...['p1', 'p2', 'p3', 'p4'].map((p) => [`${p}-text`, p]),
].filter(([text, surface]) => !(text === 'muted' && surface === 'hatch'));
const SHAPE_PAIRS = ['p1-edge', 'p2-edge', 'p3-edge', 'p4-edge', 'aside', 'edge'].flatMap((shape) =>
  SURFACES.map((surface) => [shape, surface]),
);
const TREND_PAIRS = [1, 2, 3, 4].map((n) => [`trend-${n}`, 'raised']);

describe.each(['light', 'dark'])('%s theme', (name) => {
  const theme = themeOf(name);
  const of = (token: string | undefined): string => {
    const colour = theme.get(token ?? '');
    if (colour === undefined) throw new Error(`no token --${token} in the ${name} theme`);
    return colour;
  };

  it.each(TEXT_PAIRS)('text %s on %s has at least 4.5:1', (text, surface) => {
    expect(contrast(of(text), of(surface))).toBeGreaterThanOrEqual(4.5);
  });

  it.each([...SHAPE_PAIRS, ...TREND_PAIRS])('shape %s on %s has at least 3:1', (shape, surface) => {
    expect(contrast(of(shape), of(surface))).toBeGreaterThanOrEqual(3);
  });

  it('keeps saturated colour for alarms', () => {
    const grey = [...theme].filter(([token]) => !/^(p\d|aside|trend)/.test(token));
    expect(grey.filter(([, colour]) => saturation(colour) > 0.4)).toEqual([]);
  });
});
