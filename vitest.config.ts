import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    // By default one core is left idle; on a machine of two that is half of it.
    maxWorkers: 2,
  },
});
