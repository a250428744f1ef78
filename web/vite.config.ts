import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The API that `npm run dev` talks to: a running Earshot, else the mock server (`npm run mock`).
const api = process.env.EARSHOT_API ?? "http://127.0.0.1:5199";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "dist",
    // Nothing is inlined: the server's Content-Security-Policy allows only files of its own origin.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2023",
    chunkSizeWarningLimit: 400,
  },
  server: { proxy: { "/api": { target: api } } },
});
