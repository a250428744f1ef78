import { describe, expect, it } from "vitest";
import { pctWord } from "./share.ts";

describe("shares", () => {
  it.each([[undefined, "–"], [0, "0 %"], [0.04, "under 0.1 %"], [0.1, "0.1 %"], [4.84, "4.8 %"], [9.94, "9.9 %"], [9.96, "10 %"], [100, "100 %"]])("say %s as %s", (pct, words) => {
    expect(pctWord(pct)).toBe(words);
  });
});
