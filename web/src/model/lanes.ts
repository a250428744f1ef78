// Which lanes a participant's page draws: for every tab, the metrics of its medium in both directions, each stream a lane
// of its own, and below them the computer and the radio that explain them.
import type { Band, Direction, Media, Peer, PeerSeries, Peers, StreamSeries } from "../api/types.ts";
import { bandOf } from "./bands.ts";
import { mediaWord, peerWord } from "./format.ts";

export type Tab = "audio" | "video" | "share" | "cpu" | "all";
export const TABS: readonly { id: Tab; label: string; media: Media | "" }[] = [
  { id: "audio", label: "Audio", media: "audio" },
  { id: "video", label: "Video", media: "video" },
  { id: "share", label: "Screen sharing", media: "share" },
  { id: "cpu", label: "CPU", media: "" },
  { id: "all", label: "All", media: "" },
];

/** One chart: a line, perhaps a second thin one for its peaks, and the bands behind them. */
export interface Lane {
  id: string;
  /** "Loss", set only on the first lane of a metric. */
  title: string;
  /** "send", "receive", "max", and the peer where it is no ordinary client. */
  label: string;
  /** Who sends it where that is no ordinary client: "room system". Part of the label, for where that has no room. */
  by?: string;
  /** A line under the title. */
  note: string;
  metric: string;
  media: Media | "";
  direction: Direction;
  at: readonly number[];
  values: readonly (number | null)[];
  peak?: { metric: string; values: readonly (number | null)[] };
  /** What was usual for the others in the meeting, at the same times; null where too few were reported. */
  peers?: readonly (number | null)[];
  band: Band | undefined;
  /** The least upper end of the value axis, so that quiet lines stay low and bounds are in sight. */
  floor: number;
  /** Metrics that are drawn below 0 or from a value of their own: the lower end of the axis. */
  base: number;
}

interface Plan { metric: string; title: string; note?: string; peak?: string; floor: number; base?: number }

const STREAM_PLANS: readonly Plan[] = [
  { metric: "loss_avg_pct", title: "Loss", peak: "loss_max_pct", floor: 12 },
  { metric: "jitter_ms", title: "Jitter", floor: 70 },
  { metric: "latency_ms", title: "Latency", note: "round trip", floor: 330 },
  { metric: "bitrate_kbps", title: "Bitrate", floor: 40 },
  { metric: "frame_rate_fps", title: "Frames", note: "per second", floor: 30 },
  { metric: "height_px", title: "Picture", note: "height", floor: 720 },
];

const HOST_PLANS: readonly Plan[] = [
  { metric: "cpu_system_max_pct", title: "CPU", note: "system", floor: 104 },
  { metric: "cpu_zoom_avg_pct", title: "CPU", note: "Zoom", peak: "cpu_zoom_max_pct", floor: 104 },
  { metric: "pressure_max", title: "Pressure", floor: 4, base: 0 },
  { metric: "rssi_avg_dbm", title: "Wi-Fi", note: "signal", peak: "rssi_min_dbm", floor: -40, base: -90 },
];

/** The lanes of a tab, top to bottom. A tab whose streams were never reported has only what is known of the computer. */
export function lanesOf(tab: Tab, streams: readonly StreamSeries[], bands: readonly Band[], peers?: Peers): Lane[] {
  const media: Media[] = tab === "all" ? ["audio", "video", "share"] : tab === "cpu" ? [] : [tab];
  const lanes = media.flatMap((m) => STREAM_PLANS.flatMap((plan) => streamLanes(plan, m, streams, bands, tab === "all")));
  const host = HOST_PLANS.flatMap((plan) => hostLanes(plan, streams, bands));
  // Beside a medium, one lane for the computer and one for the radio are enough; the CPU tab has them all.
  const beside = tab === "cpu" || tab === "all" ? host : firstOfTitle(host.filter((l) => l.title !== "Pressure" || !host.some((h) => h.title === "CPU")));
  return [...lanes, ...beside].map((l) => withPeers(l, peers));
}

const MINUTE = 60_000;

/**
 * The others' medians, minute by minute, beside the reports of one person. Somebody in a browser or a room is compared with what
 * most of the others use: the same medium in the same direction.
 */
function withPeers(lane: Lane, peers: Peers | undefined): Lane {
  const most = (s: PeerSeries) => Math.max(0, ...s.people);
  const alike = (s: PeerSeries) => (lane.direction === "" ? lane.id === `${s.wire}.${lane.metric}` : s.media === lane.media && s.direction === lane.direction);
  const usual = peers?.streams.filter((s) => alike(s) && hasValues(s.metrics[lane.metric])).sort((a, b) => most(b) - most(a))[0];
  const column = usual?.metrics[lane.metric];
  if (!usual) return lane;
  const byMinute = new Map(usual.at.map((t, i) => [t, column?.[i] ?? null]));
  return { ...lane, peers: lane.at.map((t) => byMinute.get(Math.floor(t / MINUTE) * MINUTE) ?? null) };
}

function firstOfTitle(lanes: readonly Lane[]): Lane[] {
  const seen = new Set<string>();
  return lanes.filter((l) => l.title === "" || (!seen.has(l.title) && seen.add(l.title)));
}

const ORDER: Record<Direction, number> = { send: 0, receive: 1, "": 2 };
const PEERS: Record<Peer, number> = { client: 0, crc: 1, rwg: 2, "": 3 };

function streamLanes(plan: Plan, media: Media, streams: readonly StreamSeries[], bands: readonly Band[], nameMedia: boolean): Lane[] {
  const own = streams
    .filter((s) => s.media === media && s.direction && hasValues(s.metrics[plan.metric]))
    .sort((a, b) => PEERS[a.peer ?? ""] - PEERS[b.peer ?? ""] || ORDER[a.direction ?? ""] - ORDER[b.direction ?? ""]);
  return own.map((s, i) => lane(plan, s, media, bandOf(bands, media, plan.metric), {
    title: i === 0 ? plan.title : "",
    note: i === 0 ? [nameMedia ? mediaWord(media) : "", plan.note ?? ""].filter(Boolean).join(", ") : "",
    label: [s.direction ?? "", peerWord(s.peer)].filter(Boolean).join(", "), by: peerWord(s.peer),
  }));
}

function hostLanes(plan: Plan, streams: readonly StreamSeries[], bands: readonly Band[]): Lane[] {
  return streams
    .filter((s) => !s.direction && hasValues(s.metrics[plan.metric]))
    .slice(0, 1)
    .map((s) => lane(plan, s, "", bandOf(bands, "", plan.metric), { title: plan.title, note: "", label: plan.note ?? "" }));
}

const hasValues = (column: readonly (number | null)[] | undefined): boolean => column?.some((v) => v !== null) ?? false;

function lane(plan: Plan, s: StreamSeries, media: Media | "", band: Band | undefined, words: Pick<Lane, "title" | "note" | "label" | "by">): Lane {
  const values = s.metrics[plan.metric] ?? [];
  const peaks = plan.peak ? s.metrics[plan.peak] : undefined;
  return {
    id: `${s.wire}.${plan.metric}`, ...words, metric: plan.metric, media, direction: s.direction ?? "", at: s.at, values,
    ...(plan.peak && hasValues(peaks) ? { peak: { metric: plan.peak, values: peaks ?? [] } } : {}),
    band, floor: plan.floor, base: plan.base ?? 0,
  };
}

/** The value axis of a lane: from its base to a little more than its greatest value, and never less than its floor. */
export function laneRange(lane: Pick<Lane, "values" | "peers" | "floor" | "base">): [number, number] {
  let max = lane.floor;
  let min = lane.base;
  for (const v of [...lane.values, ...(lane.peers ?? [])]) {
    if (v === null) continue;
    if (v > max) max = v * 1.06;
    if (v < min) min = v;
  }
  // A line at nought is a line, not the lane's edge.
  return [min === 0 ? -0.04 * max : min, max];
}
