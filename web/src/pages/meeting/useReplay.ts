// The playhead: which minute the page tells of. It stands in the address while it rests; while it plays it is here alone,
// since an address is not to change four times a second.
import { useCallback, useEffect, useState } from "react";

const MINUTE = 60_000;

/** How many minutes of the meeting pass in one of the viewer's. */
export const SPEEDS = [10, 60, 240] as const;
export type Speed = (typeof SPEEDS)[number];

export interface Replay {
  /** The minute shown, NaN for none. */
  at: number;
  playing: boolean;
  /** Whether somebody is replaying: minutes after the playhead are dimmed. */
  active: boolean;
  speed: Speed;
  setSpeed: (speed: Speed) => void;
  toggle: () => void;
  /** Moves the playhead and stops it there. */
  seek: (at: number, replaying?: boolean) => void;
  /** Moves it by so many minutes. */
  step: (by: number, replaying?: boolean) => void;
  leave: () => void;
}

interface Options { from: number; to: number; /** What the address says, NaN for nothing. */ told: number; /** Shown when the address says nothing. */ otherwise: number; onRest: (at: number) => void }

export function useReplay({ from, to, told, otherwise, onRest }: Options): Replay {
  const [head, setHead] = useState<number>();
  const [playing, setPlaying] = useState(false);
  const [active, setActive] = useState(false);
  const [speed, setSpeed] = useState<Speed>(60);
  const [seen, setSeen] = useState(told);
  // Another address, by a link or the browser's own buttons, is the newer word.
  if (!Object.is(seen, told)) {
    setSeen(told);
    if (!playing) setHead(undefined);
  }
  const last = to - MINUTE;
  const at = head ?? (Number.isNaN(told) ? otherwise : told);

  const seek = useCallback((to: number, replaying = false) => {
    setPlaying(false);
    setHead(to);
    if (replaying) setActive(true);
    onRest(to);
  }, [onRest]);
  const step = (by: number, replaying = false) => { seek(Math.min(last, Math.max(from, (Number.isNaN(at) ? from : at) + by * MINUTE)), replaying); };
  const toggle = () => {
    if (playing) {
      seek(at, true);
      return;
    }
    setHead(Number.isNaN(at) || at >= last ? from : at);
    setActive(true);
    setPlaying(true);
  };
  const leave = () => {
    setPlaying(false);
    setActive(false);
    setHead(undefined);
  };

  useEffect(() => {
    if (!playing) return;
    const next = (head ?? from) + MINUTE;
    // At its end it rests, and the address says so.
    const timer = window.setTimeout(() => { if (next > last) seek(last, true); else setHead(next); }, MINUTE / speed);
    return () => { window.clearTimeout(timer); };
  }, [playing, speed, head, from, last, seek]);

  return { at, playing, active, speed, setSpeed, toggle, seek, step, leave };
}
