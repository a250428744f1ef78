import { describe, expect, it } from "vitest";
import { readSought, soughtKind } from "./find.ts";

// Friday
const NOW = Date.parse("2026-11-20T10:30:00Z");
const read = (text: string) => {
  const s = readSought(text, NOW, "UTC");
  return [s.q, s.at === undefined ? undefined : new Date(s.at).toISOString().slice(0, 16)];
};

describe("readSought", () => {
  it.each<[string, string, string | undefined]>([
    ["10.20.4.17 yesterday 09:41", "10.20.4.17", "2026-11-19T09:41"],
    ["  10.20.4.17   yesterday at 9:41 ", "10.20.4.17", "2026-11-19T09:41"],
    ["10.20.4.0/22 today 09:41", "10.20.4.0/22", "2026-11-20T09:41"],
    ["BER-LT-0042, 2026-11-12 14:05", "BER-LT-0042", "2026-11-12T14:05"],
    ["BER-LT-0042 2026-11-12T14:05", "BER-LT-0042", "2026-11-12T14:05"],
    ["Ines Okafor on 12 Nov 14:05", "Ines Okafor", "2026-11-12T14:05"],
    ["Ines Okafor 12 Dec 14:05", "Ines Okafor", "2025-12-12T14:05"],
    ["Ines Okafor Nov 12, 2026 2:05 pm", "Ines Okafor", "2026-11-12T14:05"],
    ["Ines Okafor 12.11. 14.05", "Ines Okafor", "2026-11-12T14:05"],
    ["Ines Okafor 12.11.2026 14:05", "Ines Okafor", "2026-11-12T14:05"],
    ["Ines Okafor 11/12/2026 14:05", "Ines Okafor", "2026-11-12T14:05"],
    ["ines@halden.example Tuesday 9am", "ines@halden.example", "2026-11-17T09:00"],
    ["ines@halden.example last friday 16:00", "ines@halden.example", "2026-11-13T16:00"],
    ["ines@halden.example thu", "ines@halden.example", "2026-11-19T12:00"],
    ["ines@halden.example 09:41", "ines@halden.example", "2026-11-20T09:41"],
    ["ines@halden.example at 23:41", "ines@halden.example", "2026-11-19T23:41"],
    ["00:00:5e:00:53:2a 09:41", "00:00:5e:00:53:2a", "2026-11-20T09:41"],
    ["00:00:5e:00:53:2a", "00:00:5e:00:53:2a", undefined],
    ["2001:db8::1:23", "2001:db8::1:23", undefined],
    ["10.20.4.17 2 h ago", "10.20.4.17", "2026-11-20T08:30"],
    ["10.20.4.17 45 minutes ago", "10.20.4.17", "2026-11-20T09:45"],
    ["10.20.4.17 now", "10.20.4.17", "2026-11-20T10:30"],
    ["842 1907 5536", "842 1907 5536", undefined],
    ["Room 12", "Room 12", undefined],
    ["10.20.4.17 yesterday 25:41", "10.20.4.17 yesterday 25:41", undefined],
    ["Sunday planning", "Sunday planning", undefined],
    ["Monday", "", "2026-11-16T12:00"],
    ["", "", undefined],
  ])("%s", (text, q, at) => { expect(read(text)).toEqual([q, at]); });

  it("reads clocks of UTC as such, whatever the zone that is shown", () => {
    expect(readSought("x today 09:41 UTC", NOW, "local").at).toBe(Date.parse("2026-11-20T09:41:00Z"));
  });
});

describe("soughtKind", () => {
  it.each<[string, string]>([
    ["10.20.4.17", "address"], ["10.20.4.17:5432", "address"], ["2001:db8::1", "address"], ["::1", "address"], ["10.20.4.0/22", "subnet"], ["2001:db8::/32", "subnet"],
    ["10.20.*", "subnet"], ["10.20.4", "subnet"], ["00:00:5e:00:53:2a", "mac"], ["00-00-5E", "mac"], ["0000.5e00.532a", "mac"], ["00005e00532a", "mac"],
    ["ines@halden.example", "email"], ["842 1907 5536", "number"], ["+44 113 496 0142", "number"], ["4444AAAiAAAAAiAiAiiAii==", "uuid"], ["BER-LT-0042", "text"], ["Ines", "text"],
    ["Board review", "text"], ["dead:beef", "text"],
  ])("%s is a %s", (q, kind) => { expect(soughtKind(q)).toBe(kind); });
});
