import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// Where `npm run dev` sends what the console asks of the server.
const server = process.env.OPENTRAIL_URL ?? "http://localhost:4566";

export default defineConfig({
  base: "/_console/",
  plugins: [react()],
  // One style sheet: a page's own, lost to a connection that drops, would not be asked for again.
  build: { target: "es2022", sourcemap: false, chunkSizeWarningLimit: 1500, assetsInlineLimit: 0, modulePreload: { polyfill: false }, cssCodeSplit: false },
  // The host stays the page's own: the sign-in compares it with the origin, and requests are signed for it.
  server: { proxy: { "^/(?!_console/)": { target: server, changeOrigin: false } } },
  test: { setupFiles: ["test-setup.ts"], include: ["src/**/*.test.ts", "src/**/*.test.tsx"], testTimeout: 30_000 },
});
