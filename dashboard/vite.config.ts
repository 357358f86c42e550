// Builds the dashboard into dist/, which the server serves under a strict content security policy: no inline scripts,
// no inlined assets. There is deliberately no service worker: a cached page must never show old values as live.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env['LOUWEI_URL'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  build: { target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 900 },
  server: { host: '127.0.0.1', proxy: { '/api': { target: server, ws: true } } },
});
