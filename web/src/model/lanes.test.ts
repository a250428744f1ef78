import { describe, expect, it } from "vitest";
import type { StreamSeries, Wire } from "../api/types.ts";
import { lanesOf, laneRange } from "./lanes.ts";

const stream = (wire: Wire, direction: "send" | "receive", media: "audio" | "video" = "audio", peer: "client" | "crc" = "client"): StreamSeries =>
  ({ wire, media, direction, peer, at: [0, 60_000], metrics: { loss_avg_pct: [0, 1], loss_max_pct: [1, 3], jitter_ms: [null, null] } });
const cpu: StreamSeries = { wire: "cpu_usage", at: [0], metrics: { cpu_system_max_pct: [40], cpu_zoom_avg_pct: [10] } };

describe("lanesOf", () => {
  it("draws sending before receiving, each a lane of its own, the metric named once", () => {
    const lanes = lanesOf("audio", [stream("audio_input", "receive"), stream("audio_output", "send")], []);
    expect(lanes.map((l) => [l.title, l.label])).toEqual([["Loss", "send"], ["", "receive"]]);
    expect(lanes[0]?.peak?.values).toEqual([1, 3]);
  });
  it("leaves out metrics that were never reported", () => {
    expect(lanesOf("audio", [stream("audio_input", "receive")], []).map((l) => l.metric)).toEqual(["loss_avg_pct"]);
  });
  it("keeps a room system's streams apart from the client's, and after them", () => {
    const lanes = lanesOf("audio", [stream("audio_device_from_crc", "send", "audio", "crc"), stream("audio_output", "send")], []);
    expect(lanes.map((l) => l.label)).toEqual(["send", "send, room system"]);
  });
  it("shows one CPU lane beside a medium and all of them on their own tab", () => {
    expect(lanesOf("audio", [cpu], []).map((l) => l.metric)).toEqual(["cpu_system_max_pct"]);
    expect(lanesOf("cpu", [cpu], []).map((l) => l.metric)).toEqual(["cpu_system_max_pct", "cpu_zoom_avg_pct"]);
  });
  it("shows a medium only on its own tab and on All", () => {
    const video = [stream("video_input", "receive", "video")];
    expect(lanesOf("audio", video, [])).toEqual([]);
    expect(lanesOf("all", video, [])).toHaveLength(1);
  });
});

describe("lanesOf with what was usual for the others", () => {
  const at = (minute: number) => 1_800_000_000_000 + minute * 60_000;
  const own: StreamSeries = { wire: "audio_input", media: "audio", direction: "receive", peer: "client", at: [at(0) + 5000, at(0) + 45_000, at(1) + 5000, at(2) + 5000], metrics: { loss_avg_pct: [9, 9, 9, 9], jitter_ms: [1, 1, 1, 1] } };
  const usual = { from: "", to: "", people: 4, least: 3, streams: [{ wire: "audio_input" as const, media: "audio" as const, direction: "receive" as const, peer: "client" as const, at: [at(0), at(1)], people: [4, 2], metrics: { loss_avg_pct: [0.5, null] } }] };
  it("puts each minute's median beside the reports of that minute, and nothing where there is none", () => {
    const [loss, jitter] = lanesOf("audio", [own], [], usual);
    expect(loss?.peers).toEqual([0.5, 0.5, null, null]);
    expect(jitter).not.toHaveProperty("peers");
  });
  it("compares somebody in a browser with what most of the others use", () => {
    expect(lanesOf("audio", [{ ...own, wire: "audio_device_to_rwg", peer: "rwg" }], [], usual)[0]?.peers).toEqual([0.5, 0.5, null, null]);
  });
  it("takes them from the same direction only", () => {
    expect(lanesOf("audio", [{ ...own, wire: "audio_output", direction: "send" }], [], usual)[0]).not.toHaveProperty("peers");
  });
});

describe("laneRange", () => {
  it("reaches its floor, and beyond it only for greater values", () => {
    expect(laneRange({ values: [1, null, 3], floor: 12, base: 0 })).toEqual([-0.48, 12]);
    expect(laneRange({ values: [50], floor: 12, base: 0 })).toEqual([-0.04 * 53, 53]);
  });
  it("has room for what was usual for the others", () => {
    expect(laneRange({ values: [1], peers: [50, null], floor: 12, base: 0 })[1]).toBe(53);
  });
  it("reaches down to lesser values than its base", () => {
    expect(laneRange({ values: [-95], floor: -40, base: -90 })).toEqual([-95, -40]);
  });
});
