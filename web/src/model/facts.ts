// What a participant's computer and network looked like at a moment, and what changed when.
import type { Device, StreamSeries } from "../api/types.ts";
import { capital, networkWord } from "./format.ts";
import { millis } from "./time.ts";

export interface Fact {
  label: string;
  /** The value at the moment asked for, "" when unknown then. */
  value: string;
  changes: { at: number; value: string }[];
}

const FIELDS: readonly [string, (d: Device) => string][] = [
  ["Network", (d) => join(capital(networkWord(d.network_type ?? "")), d.connection_type)],
  ["Site", (d) => join(d.site?.name, d.isp)],
  ["Local address", (d) => d.internal_ip ?? ""],
  ["Public address", (d) => d.public_ip ?? ""],
  ["Zoom's end", (d) => d.destination ?? ""],
  ["Data centre", (d) => d.data_center ?? ""],
  ["Location, by Zoom", (d) => d.location ?? ""],
  ["Device", (d) => join(d.device, d.device_detail)],
  ["Client", (d) => [d.client, d.client_version].filter(Boolean).join(" ")],
  ["Microphone", (d) => d.microphone ?? ""],
  ["Speaker", (d) => d.speaker ?? ""],
  ["Camera", (d) => d.camera ?? ""],
  ["Host name", (d) => [d.pc_name, d.domain].filter(Boolean).join("."),],
  ["MAC address", (d) => d.mac ?? ""],
  ["Disk", (d) => d.disk_id ?? ""],
];

const join = (...parts: (string | undefined)[]): string => parts.filter(Boolean).join(", ");

/** What there is where Zoom has named nothing: devices and addresses come by one notification, measurements by another. */
export function measuredWords(streams: readonly StreamSeries[]): string {
  const has = (prefix: string) => streams.some((s) => !s.direction && Object.entries(s.metrics).some(([metric, column]) => metric.startsWith(prefix) && column.some((v) => v !== null)));
  const measured = [has("cpu_") ? "the computer’s load" : "", has("rssi_") ? "the Wi-Fi signal" : ""].filter(Boolean).join(" and ");
  return measured === "" ? "Zoom has told nothing about the computer or the network." : `Zoom has named neither the computer nor its network and addresses. It has measured ${measured}: the CPU tab shows that.`;
}

/** The facts at a moment, oldest snapshot first. Facts that were never known are left out. */
export function factsAt(devices: readonly Device[], at: number): Fact[] {
  // Before the first snapshot the first one is the best that is known.
  const current = devices.findLast((d) => millis(d.at) <= at) ?? devices[0];
  if (!current) return [];
  return FIELDS.flatMap(([label, read]) => {
    const changes: Fact["changes"] = [];
    for (const [i, d] of devices.entries()) {
      const before = devices[i - 1];
      if (before && read(before) !== read(d) && read(d) !== "") changes.push({ at: millis(d.at), value: read(d) });
    }
    const value = read(current);
    return value === "" && changes.length === 0 ? [] : [{ label, value, changes }];
  });
}
