// What happened, on the lanes' time axis: each kind has a shape of its own, a word where there is room, and the whole
// text in its tooltip.
import { useZone } from "../../shell/zone.ts";
import { clock, utcText } from "../../model/time.ts";

export interface LaneEvent { at: number; kind: "join" | "leave" | "notice" | "change"; label: string; detail: string }

const LETTER_PX = 6.2;

export function EventTicks({ events, from, to, width, onPin }: { events: readonly LaneEvent[]; from: number; to: number; width: number; onPin: (at: number) => void }) {
  const zone = useZone();
  const left = (at: number) => (at - from) / (to - from);
  return (
    <span className="tks">
      {wording([...events].sort((a, b) => a.at - b.at), (at) => left(at) * width, width).map(({ e, worded }, i) => (
          <button type="button" key={i} className={`tk ${e.kind}`} style={{ left: `${left(e.at) * 100}%` }} title={`${e.detail}, ${utcText(e.at)}`} aria-label={`${e.detail} at ${clock(e.at, zone)}`} onClick={(click) => { click.stopPropagation(); onPin(e.at); }}>
            <i />{worded && <span>{e.label}</span>}
          </button>
        ))}
    </span>
  );
}

/** Which events have room for their word: one that would cover the word before, or leave the lane, is left to the tooltip. */
function wording(events: readonly LaneEvent[], x: (at: number) => number, width: number): { e: LaneEvent; worded: boolean }[] {
  let free = -Infinity;
  return events.map((e) => {
    const end = x(e.at) + e.label.length * LETTER_PX + 8;
    const worded = x(e.at) >= free && end <= width;
    if (worded) free = end;
    return { e, worded };
  });
}
