// Mantine and what only few pages need must not come with the first script: built as for a release, what every page loads is
// looked through.
import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

type Chunk = Rolldown.OutputChunk;

/** The chunks that a page loads before it draws anything: those of the entry and of main.tsx, with what they import. */
function first(chunks: readonly Chunk[]): Set<Chunk> {
  const found = new Set<Chunk>();
  const add = (chunk: Chunk | undefined): void => {
    if (!chunk || found.has(chunk)) return;
    found.add(chunk);
    for (const name of chunk.imports) add(chunks.find((c) => c.fileName === name));
  };
  for (const c of chunks) if (c.isEntry || c.facadeModuleId?.endsWith("/src/main.tsx")) add(c);
  return found;
}

describe("the first script", () => {
  it("is without Mantine, which comes with the first thing that has one", { timeout: 60_000 }, async () => {
    const built = (await build({ root, logLevel: "silent", build: { write: false, minify: false } })) as Rolldown.RolldownOutput;
    const chunks = built.output.filter((o) => o.type === "chunk");
    const mantine = (all: Iterable<Chunk>) => [...all].flatMap((c) => c.moduleIds.filter((id) => /\/@mantine\/core\/.*\.m?js$/.test(id) || id.endsWith("/src/mantine/Mantine.tsx")).map((id) => `${c.name}: ${id.replace(root, "")}`));
    const begin = first(chunks);
    expect([...begin].flatMap((c) => c.moduleIds).some((id) => id.endsWith("/src/shell/Shell.tsx")), "the frame is in the first script").toBe(true);
    expect(mantine(chunks).length, "somewhere Mantine is").toBeGreaterThan(0);
    expect(mantine(begin)).toEqual([]);
  });
});
