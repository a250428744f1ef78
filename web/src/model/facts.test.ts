import { describe, expect, it } from "vitest";
import { factsAt, measuredWords } from "./facts.ts";
import { at, T0 } from "./testing.ts";

const devices = [
  { at: at(0), network_type: "Wifi", internal_ip: "10.20.5.118", camera: "Built-in" },
  { at: at(49), network_type: "Wired", internal_ip: "10.20.5.31", camera: "Built-in" },
];
const fact = (when: number, label: string) => factsAt(devices, when).find((f) => f.label === label);

describe("factsAt", () => {
  it("tells the facts of the moment", () => {
    expect(fact(T0 + 60_000, "Network")?.value).toBe("Wi-Fi");
    expect(fact(T0 + 50 * 60_000, "Network")?.value).toBe("Wired");
  });
  it("takes the first snapshot for what was before it", () => {
    expect(fact(T0 - 60_000, "Network")?.value).toBe("Wi-Fi");
  });
  it("names what changed, and only that", () => {
    expect(fact(T0, "Local address")?.changes).toEqual([{ at: T0 + 49 * 60_000, value: "10.20.5.31" }]);
    expect(fact(T0, "Camera")?.changes).toEqual([]);
  });
  it("leaves out what was never known", () => {
    expect(fact(T0, "MAC address")).toBeUndefined();
    expect(factsAt([], T0)).toEqual([]);
  });
});

describe("measuredWords", () => {
  const stream = (metrics: Record<string, (number | null)[]>, direction: "" | "send" = "") => ({ wire: "wifi_rssi" as const, media: "" as const, direction, peer: "" as const, at: [T0], metrics });
  it("says what was measured of a computer that was never named", () => {
    expect(measuredWords([stream({ rssi_avg_dbm: [-71] })])).toContain("It has measured the Wi-Fi signal:");
    expect(measuredWords([stream({ rssi_avg_dbm: [-71] }), stream({ cpu_system_max_pct: [null, 40] })])).toContain("the computer’s load and the Wi-Fi signal");
  });
  it("says that nothing was told where nothing was", () => {
    for (const streams of [[], [stream({ rssi_avg_dbm: [null] })], [stream({ loss_avg_pct: [1] }, "send")]]) expect(measuredWords(streams)).toBe("Zoom has told nothing about the computer or the network.");
  });
});
