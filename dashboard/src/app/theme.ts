// Light control-room theme by default; the choice of this console is kept in the browser.
import { createStore } from '../live/store.ts';

export type Theme = 'light' | 'dark';
const KEY = 'louwei.theme';

export const themeStore = createStore<Theme>('light');

export const setTheme = (theme: Theme): void => {
  document.documentElement.dataset['theme'] = theme;
  localStorage.setItem(KEY, theme);
  themeStore.set(theme);
};

export const applyStoredTheme = (): void => setTheme(localStorage.getItem(KEY) === 'dark' ? 'dark' : 'light');
