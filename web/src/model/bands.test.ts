import { describe, expect, it } from "vitest";
import type { Band } from "../api/types.ts";
import { bandOf, bandZones, gradeOf } from "./bands.ts";

const loss: Band = { media: "audio", metric: "loss_avg_pct", fair: 2, poor: 5, bad: 10 };
const rssi: Band = { metric: "rssi_avg_dbm", fair: -67, poor: -72, bad: -78, falling: true };

describe("gradeOf", () => {
  it.each([[0, "good"], [1.99, "good"], [2, "fair"], [5, "poor"], [9.99, "poor"], [10, "bad"], [80, "bad"]])("loss %d is %s", (value, grade) => {
    expect(gradeOf(loss, value)).toBe(grade);
  });
  it.each([[-50, "good"], [-67, "fair"], [-72, "poor"], [-90, "bad"]])("signal %d dBm is %s", (value, grade) => {
    expect(gradeOf(rssi, value)).toBe(grade);
  });
  it("has no verdict without a band", () => {
    expect(gradeOf(undefined, 50)).toBe("unclassified");
  });
});

describe("bandZones", () => {
  it("fills the axis from each bound to the next, and from the last to its end", () => {
    expect(bandZones(loss, 0, 12)).toEqual([{ grade: "fair", from: 2, to: 5 }, { grade: "poor", from: 5, to: 10 }, { grade: "bad", from: 10, to: 12 }]);
  });
  it("runs the other way where less is worse", () => {
    expect(bandZones(rssi, -90, -40)).toEqual([{ grade: "fair", from: -72, to: -67 }, { grade: "poor", from: -78, to: -72 }, { grade: "bad", from: -90, to: -78 }]);
  });
  it("leaves out what is beyond the axis", () => {
    expect(bandZones(loss, 0, 4)).toEqual([{ grade: "fair", from: 2, to: 4 }]);
  });
});

describe("bandOf", () => {
  it("takes the medium's own band before the general one", () => {
    const general: Band = { metric: "loss_avg_pct", fair: 1 };
    expect(bandOf([general, loss], "audio", "loss_avg_pct")).toBe(loss);
    expect(bandOf([general, loss], "video", "loss_avg_pct")).toBe(general);
    expect(bandOf([loss], "video", "loss_avg_pct")).toBeUndefined();
  });
});
