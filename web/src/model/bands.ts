// Where a grade begins: grading one value for display by the bands that the API sends, so that the colour of a figure and
// the band behind its line are always the same rule.
import type { Band, Grade, Media } from "../api/types.ts";

/** The band of a metric, that of the medium before the general one. */
export function bandOf(bands: readonly Band[], media: Media | undefined, metric: string): Band | undefined {
  const metricIs = (b: Band) => b.metric === metric;
  return bands.find((b) => metricIs(b) && (b.media ?? "") === (media ?? "")) ?? bands.find((b) => metricIs(b) && !b.media);
}

/** The grade of one value against a band. Without a band, or where it names no bounds, there is no verdict. */
export function gradeOf(band: Band | undefined, value: number): Grade {
  if (!band) return "unclassified";
  const beyond = (bound: number | undefined) => bound !== undefined && (band.falling ? value <= bound : value >= bound);
  if (beyond(band.bad)) return "bad";
  if (beyond(band.poor)) return "poor";
  if (beyond(band.fair)) return "fair";
  return "good";
}

export interface Zone { grade: "fair" | "poor" | "bad"; from: number; to: number }

/** The stretches of the value axis that belong to fair, poor and bad, between min and max. */
export function bandZones(band: Band | undefined, min: number, max: number): Zone[] {
  if (!band) return [];
  const bounds = (["fair", "poor", "bad"] as const).flatMap((grade) => (band[grade] === undefined ? [] : [{ grade, at: band[grade] }]));
  const zones = bounds.map(({ grade, at }, i) => {
    const next = bounds[i + 1]?.at;
    return band.falling ? { grade, from: next ?? min, to: at } : { grade, from: at, to: next ?? max };
  });
  return zones.map((z) => ({ ...z, from: Math.max(min, z.from), to: Math.min(max, z.to) })).filter((z) => z.to > z.from);
}
