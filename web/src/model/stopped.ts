// Whether Zoom still sends. Event time goes on while nothing comes, so that silence is what lies between it and the newest event.
// A quiet night is none to speak of in red; silence in the middle of meetings is.
import type { OverviewNow } from "../api/types.ts";
import { plural } from "./format.ts";
import { clock, millis, span, type Zone } from "./time.ts";
import type { Verdict } from "./verdict.ts";

/** As long as a meeting may say nothing before it counts as over: a report is due every minute. */
export const STOPPED_MS = 5 * 60_000;

/** How long nothing has come from Zoom, in milliseconds; 0 while it sends, and before the first event. */
export function stoppedFor(at: { watermark?: string | undefined; last_event?: string | undefined } | undefined): number {
  const ms = millis(at?.watermark) - millis(at?.last_event);
  return ms >= STOPPED_MS ? ms : 0;
}

/** How much runs; after a silence nobody knows, and the newest event's time is told instead. */
export function runningWords(now: OverviewNow, zone: Zone): string {
  if (stoppedFor(now) > 0) return `last event from Zoom ${clock(millis(now.last_event), zone)}`;
  return `${plural(now.meetings, "meeting", "meetings")} and ${plural(now.calls, "phone call", "phone calls")} running`;
}

/** What to say in place of everything else when the way from Zoom broke while people were in meetings. */
export function cutOffVerdict(now: OverviewNow): Verdict | undefined {
  const ms = stoppedFor(now);
  const n = now.cut_off ?? 0;
  if (ms === 0 || n === 0) return undefined;
  return { grade: "bad", pieces: [
    { text: `Nothing has come from Zoom for ${span(ms)}`, strong: true }, { text: `, though ${plural(n, "meeting was", "meetings were")} running: how people are now is not known. ` },
    { text: "What to look at", to: "/ingest" },
  ] };
}
