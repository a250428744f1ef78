// An instant in the chosen zone, or how long ago it was, with UTC in the tooltip.
import { ago, clock, clockSeconds, day, dayClock, utcText } from "../model/time.ts";
import { useNow } from "../live/follow.ts";
import { useTelling, useZone } from "../shell/zone.ts";

interface Props { at: number; show?: "clock" | "seconds" | "day" | "day-clock" }

export function Time({ at, show = "day-clock" }: Props) {
  const zone = useZone();
  const telling = useTelling();
  const now = useNow();
  if (Number.isNaN(at)) return <span className="t3">–</span>;
  const text = show === "clock" ? clock(at, zone) : show === "seconds" ? clockSeconds(at, zone) : show === "day" ? day(at, zone) : dayClock(at, now, zone);
  // A day is not an instant; what is told to the second is told for the second.
  if (telling === "ago" && (show === "day-clock" || show === "clock")) return <time dateTime={new Date(at).toISOString()} title={`${text}, ${utcText(at)}`}>{ago(at, now)}</time>;
  return <time dateTime={new Date(at).toISOString()} title={utcText(at)}>{text}</time>;
}
