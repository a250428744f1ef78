import { describe, expect, it } from "vitest";
import type { Call } from "../api/types.ts";
import { callPasses } from "./calls.ts";
import type { LiveFilter } from "./meetings.ts";

const call: Call = { id: "00000000000000aa", zoom_id: "69", caller: { name: "Ann Li", extension: "2100" }, callee: { number: "+44 113 496 0142" }, grade: "bad", mos: 2.9 };
const filter = (f: Partial<LiveFilter>): LiveFilter => ({ q: "", grades: [], kind: "", ...f });

describe("callPasses", () => {
  it.each([
    [{}, true], [{ kind: "call" }, true], [{ kind: "meeting" }, false], [{ grades: ["bad", "poor"] }, true], [{ grades: ["good"] }, false],
    [{ q: "ann" }, true], [{ q: "LI 2100" }, true], [{ q: "0142" }, true], [{ q: "bob" }, false],
  ] as [Partial<LiveFilter>, boolean][])("%j: %s", (f, want) => { expect(callPasses(call, filter(f))).toBe(want); });
});
