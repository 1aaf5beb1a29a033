import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// Where `npm run dev` sends what the console asks of the server.
const server = process.env.OPENTRAIL_URL ?? "http://localhost:4566";

export default defineConfig({
  base: "/_console/",
  plugins: [react()],
  build: { target: "es2022", sourcemap: false, chunkSizeWarningLimit: 1500, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy: { "^/(?!_console/)": server } },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"] },
});
