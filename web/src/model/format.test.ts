import { describe, expect, it } from "vitest";
import { bytes, delay, meetingName, meetingNumber, metricValue, personName, plural, unbroken } from "./format.ts";

describe("metricValue", () => {
  it.each([
    ["loss_avg_pct", 18.23, "18.2 %"], ["loss_avg_pct", 0, "0 %"], ["loss_avg_pct", 100, "100 %"], ["cpu_system_max_pct", 41.4, "41 %"], ["jitter_ms", 52.4, "52 ms"],
    ["bitrate_kbps", 61.2, "61 kbps"], ["bitrate_kbps", 2315, "2.31 Mbps"], ["rssi_avg_dbm", -58, "−58 dBm"], ["frame_rate_fps", 24.6, "25 fps"], ["height_px", 720, "720 px"],
    ["pressure_max", 3, "serious"], ["mos", 4.321, "4.3"],
  ])("%s %d is %s", (metric, value, text) => {
    expect(metricValue(metric, value)).toBe(text);
  });
});

describe("numbers", () => {
  it.each([[0, "0 B"], [999, "999 B"], [1500, "1.5 kB"], [3.1e9, "3.1 GB"], [999_600, "1.0 MB"], [214e9, "214 GB"]])("%d bytes are %s", (n, text) => { expect(bytes(n)).toBe(text); });
  it.each([[0.42, "0.4 ms"], [38, "38 ms"], [995, "1.0 s"], [1400, "1.4 s"], [12_000, "12 s"]])("%d ms is %s", (n, text) => { expect(delay(n)).toBe(text); });
  it("counts one and several", () => {
    expect(plural(1, "row", "rows")).toBe("1 row");
    expect(plural(1284, "row", "rows")).toBe("1,284 rows");
  });
});

describe("unbroken", () => {
  it("keeps a number and its unit together", () => {
    expect(unbroken("loss 18.2 %, bad from 10 %")).toBe("loss 18.2\u00a0%, bad from 10\u00a0%");
    expect(unbroken("weak Wi-Fi, signal -81 dBm, 09:41-09:48")).toBe("weak Wi\u2011Fi, signal \u221281\u00a0dBm, 09:41-09:48");
  });
});

describe("names", () => {
  it("calls a meeting by its topic, else its number, else its uuid", () => {
    expect(meetingName({ topic: "Q4", number: "84219075536", uuid: "u==" })).toBe("Q4");
    expect(meetingName({ number: "84219075536", uuid: "u==" })).toBe("Meeting 842 1907 5536");
    expect(meetingName({ uuid: "u==" })).toBe("Meeting u==");
  });
  it("groups only what is a meeting number", () => {
    expect(meetingNumber("8421907553")).toBe("842 190 7553");
    expect(meetingNumber("abc")).toBe("abc");
  });
  it("never leaves a person without a word", () => {
    expect(personName({ name: "" })).toBe("Nameless person");
    expect(personName({ name: "", external: true })).toBe("External person");
  });
});
