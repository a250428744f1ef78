// An instant in the chosen zone, with UTC in the tooltip.
import { clock, clockSeconds, day, dayClock, utcText } from "../model/time.ts";
import { useNow } from "../live/follow.ts";
import { useZone } from "../shell/zone.ts";

interface Props { at: number; show?: "clock" | "seconds" | "day" | "day-clock" }

export function Time({ at, show = "day-clock" }: Props) {
  const zone = useZone();
  const now = useNow();
  if (Number.isNaN(at)) return <span className="t3">–</span>;
  const text = show === "clock" ? clock(at, zone) : show === "seconds" ? clockSeconds(at, zone) : show === "day" ? day(at, zone) : dayClock(at, now, zone);
  return <time dateTime={new Date(at).toISOString()} title={utcText(at)}>{text}</time>;
}
