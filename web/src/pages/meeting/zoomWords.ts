import type { Minute } from "../../api/types.ts";

/** Zoom's own verdicts of a minute in words: "audio good, video poor"; "" where it gave none. */
export function zoomWords(minute: Minute): string {
  const media = ["audio", "video", "sharing"];
  return (minute.zoom ?? []).flatMap((g, i) => (g === "unclassified" ? [] : [`${media[i] ?? ""} ${g}`])).join(", ");
}
