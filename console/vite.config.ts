import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { mockServer } from './test/mock-server.ts';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const api = { '/admin/api': 'http://127.0.0.1:8080', '/v1': 'http://127.0.0.1:8080' };

// `--mode mock` answers /admin/api from the test handlers, for looking at pages without a server.
export default defineConfig(({ mode }) => ({
  base: '/console/',
  plugins: [react(), ...(mode === 'mock' ? [mockServer()] : [])],
  resolve: { alias: { '@': path('./src'), '#test': path('./test') } },
  server: { host: '127.0.0.1', proxy: mode === 'mock' ? {} : api },
  preview: { host: '127.0.0.1' },
  build: { manifest: true, target: 'es2023', assetsInlineLimit: 0 },
  test: {
    environment: 'jsdom',
    setupFiles: ['./test/setup.ts'],
    include: ['test/**/*.test.{ts,tsx}'],
    testTimeout: 60_000,
    pool: 'threads',
    maxWorkers: 2,
  },
}));
