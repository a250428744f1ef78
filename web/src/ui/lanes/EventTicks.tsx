// What happened, on the lanes' time axis: each kind has a shape of its own, a word where there is room, and the whole
// text in its tooltip.
import { useZone } from "../../shell/zone.ts";
import { clock, utcText } from "../../model/time.ts";

export interface LaneEvent { at: number; kind: "join" | "leave" | "notice" | "change"; label: string; detail: string }

const LETTER_PX = 6.2;

export function EventTicks({ events, from, to, width, onPin }: { events: readonly LaneEvent[]; from: number; to: number; width: number; onPin: (at: number) => void }) {
  const zone = useZone();
  let free = -Infinity;
  return (
    <span className="tks">
      {[...events].sort((a, b) => a.at - b.at).map((e, i) => {
        const x = ((e.at - from) / (to - from)) * width;
        const wide = e.label.length * LETTER_PX + 8;
        // Words that would cover the ones before, or leave the lane, are left to the tooltip.
        const worded = x >= free && x + wide <= width;
        if (worded) free = x + wide;
        return (
          <button type="button" key={i} className={`tk ${e.kind}`} style={{ left: `${((e.at - from) / (to - from)) * 100}%` }} title={`${e.detail}, ${utcText(e.at)}`} aria-label={`${e.detail} at ${clock(e.at, zone)}`} onClick={(click) => { click.stopPropagation(); onPin(e.at); }}>
            <i />{worded && <span>{e.label}</span>}
          </button>
        );
      })}
    </span>
  );
}
