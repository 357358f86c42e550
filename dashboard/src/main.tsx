// Starts the dashboard in the page.
import './ui/tokens.css';
import './ui/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { startLanguage } from './app/language.ts';
import { applyStoredTheme } from './app/theme.ts';
import { startClock } from './live/clock.ts';

applyStoredTheme();
startClock();
await startLanguage();

const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
