// Shares of bad minutes in words.
import type { Measured } from "../api/types.ts";
import { classified } from "./grade.ts";

/** 4.8 %, 12 %, under 0.1 %, – for none. */
export function pctWord(pct: number | undefined): string {
  if (pct === undefined) return "–";
  if (pct === 0) return "0 %";
  if (pct < 0.1) return "under 0.1 %";
  return `${pct < 9.95 ? pct.toFixed(1) : Math.round(pct)} %`;
}

/** Why a share is not to be read: how many people and minutes there are. */
export const fewWord = (m: Measured): string => `too few: ${m.people === 1 ? "1 person" : `${m.people} people`}, ${classified(m.minutes)} min`;
