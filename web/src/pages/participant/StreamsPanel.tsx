// The tabs and their lanes, or the same as a table.
import { useMemo } from "react";
import type { CauseVerdict, Grade, Minute, Peers, SegmentDetail, SegmentSeries } from "../../api/types.ts";
import { factsAt } from "../../model/facts.ts";
import { plural } from "../../model/format.ts";
import { reportGaps } from "../../model/gaps.ts";
import { rank, worse } from "../../model/grade.ts";
import { lanesOf, TABS, type Tab } from "../../model/lanes.ts";
import { millis } from "../../model/time.ts";
import { useKeys } from "../../shell/keyboard.ts";
import { GradeShape } from "../../ui/GradeMark.tsx";
import { Icon } from "../../ui/Icon.tsx";
import type { Crosshair } from "../../ui/lanes/crosshair.ts";
import type { LaneEvent } from "../../ui/lanes/EventTicks.tsx";
import { Lanes } from "../../ui/lanes/Lanes.tsx";
import { LaneTable } from "../../ui/lanes/LaneTable.tsx";

/** Which of a minute's slots a tab is about. */
const SLOTS: Record<Tab, readonly number[]> = { audio: [0, 1], video: [2, 3], share: [4, 5], cpu: [6, 7], all: [0, 1, 2, 3, 4, 5, 6, 7] };

interface Props {
  series: SegmentSeries | undefined;
  /** What was usual for the others; undefined while it is read, and when it is not to be shown. */
  peers: Peers | undefined; withPeers: boolean; onPeers: (on: boolean) => void;
  segment: SegmentDetail | undefined; tab: string | undefined; table: boolean; crosshair: Crosshair;
  /** What is spoken of above: its minutes are marked. */
  range: CauseVerdict | undefined;
  onPin: (at: number) => void; onTab: (tab: Tab) => void; onTable: (on: boolean) => void;
}

export function StreamsPanel({ series, peers, withPeers, onPeers, segment, tab: asked, table, crosshair, range, onPin, onTab, onTable }: Props) {
  const tab = TABS.find((t) => t.id === asked)?.id ?? tabOfWorst(series?.minutes ?? []);
  const lanes = useMemo(() => (series ? lanesOf(tab, series.streams, series.bands, peers) : []), [series, peers, tab]);
  const gaps = useMemo(() => (series ? reportGaps(series.streams, series.cadence_seconds) : []), [series]);
  const minutes = useMemo(() => (series?.minutes ?? []).map((m) => ({ ...m, grade: tab === "all" ? m.grade : slotGrade(m, SLOTS[tab]) })), [series, tab]);
  const events = useMemo(() => eventsOf(segment, series), [segment, series]);
  useKeys({
    ...Object.fromEntries(TABS.map((t, i) => [String(i + 1), () => { onTab(t.id); }])),
    t: () => { onTable(!table); },
  });
  const from = millis(series?.from);
  const to = millis(series?.to);
  const marked = useMemo(() => (range ? { from: millis(range.from), to: millis(range.to) } : undefined), [range]);
  const nothing = series?.streams.length === 0;
  const heard = lanes.some((l) => l.media !== "");
  return (
    <>
      <div className="tabs">
        <div role="tablist" aria-label="Streams">
          {TABS.map((t) => (
            <button key={t.id} type="button" role="tab" id={`tab-${t.id}`} aria-selected={t.id === tab} aria-controls="streams" tabIndex={t.id === tab ? 0 : -1} onClick={() => { onTab(t.id); }} onKeyDown={(e) => { arrow(e, t.id, onTab); }}>
              {t.id === "share" ? <><span className="wide-only">{t.label}</span><span className="narrow-only">Sharing</span></> : t.label}{series && t.id !== "all" && <TabGrade minutes={series.minutes} slots={SLOTS[t.id]} />}
            </button>
          ))}
        </div>
        <span className="acts">
          <button type="button" className="btn" aria-pressed={withPeers} aria-label="Others’ median" title="The median over the other people of the meeting, minute by minute" onClick={() => { onPeers(!withPeers); }}><i className="dashes" aria-hidden="true" /><span>Others<span className="more">’ median</span></span></button>
          <button type="button" className="btn" aria-pressed={table} onClick={() => { onTable(!table); }}><Icon name="table" />{table ? "Chart" : "Table"} <kbd>t</kbd></button>
        </span>
      </div>
      <div role="tabpanel" id="streams" aria-labelledby={`tab-${tab}`} className="streams">
        {series && segment && !segment.reported && series.streams.length === 0 && <div className="empty"><b>Zoom sends no quality reports about this person.</b>People of other accounts are mostly not reported. That they were here is known; how it was is not.</div>}
        {series && series.streams.length > 0 && !heard && tab !== "cpu" && <div className="empty"><b>{{ audio: "No audio", video: "No video", share: "No screen sharing", all: "Nothing" }[tab]} was reported.</b>It was off, or Zoom sent nothing about it.</div>}
        {series && series.streams.length > 0 && lanes.length === 0 && tab === "cpu" && <div className="empty"><b>Zoom reported nothing about the computer.</b></div>}
        {series && lanes.length > 0 && (table ? <LaneTable lanes={lanes} /> : <Lanes lanes={lanes} from={from} to={to} cadence={series.cadence_seconds} gaps={gaps} crosshair={crosshair} onPin={onPin} minutes={minutes} events={events} {...(marked ? { range: marked } : {})} />)}
      </div>
      {!nothing && <div className="panel-foot">
        {series && <span>Latency is a round trip, through Zoom and back. A report every {series.cadence_seconds} s; longer silence is hatched.{peers && ` ${peersWords(peers)}`}</span>}
        <span className="right"><span className="hint"><kbd>←</kbd><kbd>→</kbd> minute</span><span className="hint"><kbd>n</kbd> next bad</span><span className="hint"><kbd>1</kbd>–<kbd>5</kbd> tabs</span></span>
      </div>}
    </>
  );
}

/** Where the address names no tab: the medium that decided the worst minute. */
function tabOfWorst(minutes: readonly Minute[]): Tab {
  const worst = minutes.reduce<Minute | undefined>((w, m) => (m.reason && rank(m.grade) > rank(w?.grade ?? "fair") ? m : w), undefined);
  if (!worst?.reason) return "audio";
  return worst.reason.media || "cpu";
}

/** What the dashed lines are, or why there are none. */
function peersWords(p: Peers): string {
  if (p.people < p.least) return `${p.people === 0 ? "Nobody else was" : "Too few others were"} reported for a median.`;
  return `Dashed: the median of ${plural(p.people, "other", "others")} in this meeting, where at least ${p.least} were reported.`;
}

const slotGrade = (m: Minute, slots: readonly number[]): Grade => slots.reduce<Grade>((g, i) => worse(g, m.slots[i] ?? "unclassified"), "unclassified");

/** The worst grade of a tab's streams, with how many minutes had it when that is news. */
function TabGrade({ minutes, slots }: { minutes: readonly Minute[]; slots: readonly number[] }) {
  const grades = minutes.map((m) => slotGrade(m, slots));
  const worst = grades.reduce<Grade>(worse, "unclassified");
  const n = worst === "bad" || worst === "poor" ? grades.filter((g) => g === worst).length : 0;
  return <><GradeShape grade={worst} /><span className="sr">{worst}</span>{n > 0 && <span className={`g-${worst} f12`}>{n}<span className="sr"> minutes</span></span>}</>;
}

function arrow(e: React.KeyboardEvent, tab: Tab, onTab: (tab: Tab) => void): void {
  const by = e.key === "ArrowRight" ? 1 : e.key === "ArrowLeft" ? -1 : 0;
  if (by === 0) return;
  e.preventDefault();
  const next = TABS[(TABS.findIndex((t) => t.id === tab) + by + TABS.length) % TABS.length];
  if (!next) return;
  onTab(next.id);
  document.getElementById(`tab-${next.id}`)?.focus();
}

function eventsOf(segment: SegmentDetail | undefined, series: SegmentSeries | undefined): LaneEvent[] {
  const events: LaneEvent[] = (series?.notifications ?? []).map((n) => ({ at: millis(n.at), kind: "notice", label: n.code, detail: `Zoom: ${n.code}` }));
  if (!segment) return events;
  if (segment.join) events.push({ at: millis(segment.join), kind: "join", label: "joined", detail: "joined" });
  if (segment.leave) events.push({ at: millis(segment.leave), kind: "leave", label: "left", detail: `left${segment.leave_reason ? `: ${segment.leave_reason}` : ""}` });
  for (const fact of factsAt(segment.devices, Infinity)) for (const c of fact.changes) events.push({ at: c.at, kind: "change", label: fact.label, detail: `${fact.label}: ${c.value}` });
  return events;
}
