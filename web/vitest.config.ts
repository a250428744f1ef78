import { defineConfig } from "vitest/config";

// Pure logic only; what needs a browser is tested in one (e2e).
export default defineConfig({ test: { include: ["src/**/*.test.ts"], environment: "node", env: { TZ: "Europe/Paris" } } });
