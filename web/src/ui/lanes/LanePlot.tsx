// One lane: a line over time on the bands of its grades, with holes where no report came.
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { bandZones } from "../../model/bands.ts";
import { withGaps, type Gap } from "../../model/gaps.ts";
import { laneRange, type Lane } from "../../model/lanes.ts";
import { axisTicks } from "../../model/time.ts";
import { readColours, type Colours } from "./colours.ts";

interface Props { lane: Lane; from: number; to: number; gaps: readonly Gap[]; cadence: number; width: number; height: number; sync: string; theme: string }

export function LanePlot({ lane, from, to, gaps, cadence, width, height, sync, theme }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!box.current || width < 20 || !(to > from)) return;
    const plot = new uPlot(options(lane, from, to, gaps, width, height, sync, readColours()), data(lane, cadence), box.current);
    return () => { plot.destroy(); };
  }, [lane, from, to, gaps, cadence, width, height, sync, theme]);
  return <div ref={box} className="lane-plot" style={{ height }} />;
}

function data(lane: Lane, cadence: number): uPlot.AlignedData {
  const [x, y] = withGaps(lane.at, lane.values, cadence);
  const beside = [lane.peak?.values, lane.peers].filter((v) => v !== undefined);
  return [x, y, ...beside.map((v) => withGaps(lane.at, v, cadence)[1])];
}

function options(lane: Lane, from: number, to: number, gaps: readonly Gap[], width: number, height: number, sync: string, c: Colours): uPlot.Options {
  const range = laneRange(lane);
  const line: uPlot.Series = { stroke: c.line, width: 1.5, spanGaps: false, points: { show: true, size: 3, fill: c.line, width: 0, filter: isolated } };
  const peak: uPlot.Series = { stroke: c.ghost, width: 1, spanGaps: false, points: { show: false } };
  // Long dashes, so that it is no peak to those who see no hue.
  const peers: uPlot.Series = { stroke: c.peers, width: 1.5, dash: [6, 3], spanGaps: false, points: { show: false } };
  return {
    width, height, ms: 1, padding: [1, 0, 0, 0], legend: { show: false },
    cursor: { y: false, x: false, drag: { x: false, y: false }, sync: { key: sync, setSeries: false }, points: { size: 6, fill: c.line, stroke: c.panel, width: 1 } },
    axes: [{ show: false }, { show: false }],
    scales: { x: { time: false, range: () => [from, to] }, y: { range: () => range } },
    series: [{}, line, ...(lane.peak ? [peak] : []), ...(lane.peers ? [peers] : [])],
    hooks: { drawClear: [(u) => { backdrop(u, lane, from, to, gaps, c); }] },
  };
}

/** A report between two gaps is no line; it is drawn as a dot. */
function isolated(u: uPlot, series: number): number[] {
  const y = u.data[series] ?? [];
  const found: number[] = [];
  for (let i = 0; i < y.length; i++) if (y[i] != null && y[i - 1] == null && y[i + 1] == null) found.push(i);
  return found;
}

// Bands, then the grid of time, then the hatch over what was not reported.
function backdrop(u: uPlot, lane: Lane, from: number, to: number, gaps: readonly Gap[], c: Colours): void {
  const { ctx } = u;
  const { left, top, width, height } = u.bbox;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  const [min, max] = laneRange(lane);
  ctx.globalAlpha = 0.62;
  for (const zone of bandZones(lane.band, min, max)) {
    const y0 = u.valToPos(zone.to, "y", true);
    ctx.fillStyle = c[zone.grade];
    ctx.fillRect(left, y0, width, u.valToPos(zone.from, "y", true) - y0);
  }
  ctx.globalAlpha = 1;
  ctx.fillStyle = c.grid;
  for (const t of axisTicks(from, to, 8)) ctx.fillRect(Math.round(u.valToPos(t, "x", true)), top, 1, height);
  for (const gap of gaps) {
    const x0 = u.valToPos(gap.from, "x", true);
    hatch(ctx, x0, top, u.valToPos(gap.to, "x", true) - x0, height, c);
  }
  ctx.fillStyle = c.grid;
  ctx.fillRect(left, top + height - 1, width, 1);
  ctx.restore();
}

function hatch(ctx: CanvasRenderingContext2D, x: number, y: number, w: number, h: number, c: Colours): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(x, y, w, h);
  ctx.clip();
  ctx.fillStyle = c.panel;
  ctx.fillRect(x, y, w, h);
  ctx.strokeStyle = c.hatch;
  ctx.globalAlpha = 0.7;
  ctx.lineWidth = 1;
  const step = 5 * window.devicePixelRatio;
  ctx.beginPath();
  for (let d = -h; d < w + h; d += step) {
    ctx.moveTo(x + d, y + h);
    ctx.lineTo(x + d + h, y);
  }
  ctx.stroke();
  ctx.restore();
}
