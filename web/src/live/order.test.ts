import { describe, expect, it } from "vitest";
import { holdOrder, movesBetween } from "./order.ts";

describe("holdOrder", () => {
  it("shows the wanted order at once when nobody points at the list", () => {
    expect(holdOrder(["a", "b"], ["b", "a"], false)).toEqual({ order: ["b", "a"], moves: 0 });
  });
  it("keeps every row in its place while held, and counts how many would move", () => {
    expect(holdOrder(["a", "b", "c", "d"], ["d", "a", "b", "c"], true)).toEqual({ order: ["a", "b", "c", "d"], moves: 1 });
  });
  it("lets new rows in at the end, and takes out those that left", () => {
    expect(holdOrder(["a", "b", "c"], ["n", "a", "c"], true)).toEqual({ order: ["a", "c", "n"], moves: 1 });
  });
  it("holds nothing where nothing was shown yet", () => {
    expect(holdOrder([], ["a", "b"], true)).toEqual({ order: ["a", "b"], moves: 0 });
  });
  it("never shows a row twice or loses one", () => {
    const ids = Array.from({ length: 60 }, (_, i) => `m${i}`);
    let shown = ids.slice(0, 40);
    for (let round = 1; round < 30; round++) {
      const wanted = ids.filter((_, i) => (i * 7 + round) % 5 !== 0).sort((a, b) => ((a.charCodeAt(1) * round) % 11) - ((b.charCodeAt(1) * round) % 11));
      const held = holdOrder(shown, wanted, round % 3 !== 0);
      expect([...held.order].sort()).toEqual([...wanted].sort());
      expect(held.moves === 0).toBe(held.order.join() === wanted.join());
      shown = held.order;
    }
  });
});

describe("movesBetween", () => {
  it.each([[["a", "b", "c"], ["a", "b", "c"], 0], [["a", "b", "c"], ["c", "b", "a"], 2], [["a", "b", "c", "d"], ["b", "a", "d", "c"], 2]])("%j to %j: %d", (order, wanted, moves) => {
    expect(movesBetween(order, wanted)).toBe(moves);
  });
});
