import react from "@vitejs/plugin-react";
import { defineConfig, type HtmlTagDescriptor, type Plugin } from "vite";

// The API that `npm run dev` talks to: a running Earshot, else the mock server (`npm run mock`).
const api = process.env.EARSHOT_API ?? "http://127.0.0.1:5199";

/** The first script only asks for the others (see src/entry.ts): the document names those that every page needs, so that they come at once. */
const named: Plugin = {
  name: "name-the-main-script",
  transformIndexHtml: {
    order: "post",
    handler(html, { bundle }) {
      const chunks = Object.values(bundle ?? {}).filter((c) => c.type === "chunk");
      const main = chunks.find((c) => c.facadeModuleId?.endsWith("/src/main.tsx"));
      if (!main) return [];
      const found = new Set<(typeof chunks)[number]>();
      const add = (chunk: (typeof chunks)[number]): void => {
        if (found.has(chunk)) return;
        found.add(chunk);
        for (const name of chunk.imports) { const next = chunks.find((c) => c.fileName === name); if (next) add(next); }
      };
      add(main);
      const styles = new Set([...found].flatMap((c) => [...(c.viteMetadata?.importedCss ?? [])]));
      const tag = (rel: string, file: string): HtmlTagDescriptor => ({ tag: "link", attrs: { rel, crossorigin: true, href: `/${file}` }, injectTo: "head" });
      const missing = (file: string) => !html.includes(file);
      return [...[...found].map((c) => c.fileName).filter(missing).map((file) => tag("modulepreload", file)), ...[...styles].filter(missing).map((file) => tag("stylesheet", file))];
    },
  },
};

export default defineConfig({
  plugins: [react(), named],
  build: {
    outDir: "dist",
    // Nothing is inlined: the server's Content-Security-Policy allows only files of its own origin.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2023",
    chunkSizeWarningLimit: 450,
    // What several pages share comes in one file with the first, and not in a dozen small ones when the page is turned.
    // Charts are for few pages.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "early", test: /\/src\/early\.ts$/, priority: 1 }, { name: "shared", test: /\/src\/(api|live|model|shell|ui(?!\/lanes))\//, minShareCount: 2 }] } } },
  },
  server: { proxy: { "/api": { target: api } } },
});
