// A grade: its shape with a letter, and mostly its word. Colour is only one of the three signals.
import type { Grade } from "../api/types.ts";

const LETTER = { fair: ["F", 11.2, 9], poor: ["P", 13.4, 9], bad: ["B", 11.6, 10] } as const;

/** The shape alone, for where the word stands beside it. */
export function GradeShape({ grade }: { grade: Grade }) {
  return (
    <svg className="gl" viewBox="0 0 16 16" aria-hidden="true">
      {grade === "good" && <><circle cx="8" cy="8" r="7" fill="var(--good)" /><path d="m4.9 8.3 2.200 2.200 4.100-4.700" fill="none" stroke="var(--on-good)" strokeWidth="1.8" /></>}
      {grade === "fair" && <path d="M8 .6 15.400 8 8 15.400.6 8z" fill="var(--fair)" />}
      {grade === "poor" && <path d="M8 .8 15.700 14.800H.3z" fill="var(--poor)" />}
      {grade === "bad" && <path d="M4.900.7h6.200l4.200 4.200v6.200l-4.200 4.200H4.900L.7 11.100V4.900z" fill="var(--bad)" />}
      {grade === "unclassified" && <><path d="M3.500 9.500 9.500 3.500M4.500 12 12 4.500M7 13.200 13.200 7" stroke="var(--unknown-line)" /><circle cx="8" cy="8" r="6.500" fill="none" stroke="var(--unknown-line)" strokeDasharray="2 1.600" /></>}
      {grade in LETTER && <text x="8" y={LETTER[grade as "bad"][1]} textAnchor="middle" fontSize={LETTER[grade as "bad"][2]} fontWeight="800" fill={`var(--on-${grade})`}>{LETTER[grade as "bad"][0]}</text>}
    </svg>
  );
}

/** Shape and word. With a count: "3 bad". */
export function GradeMark({ grade, n }: { grade: Grade; n?: number }) {
  return <span className={`gr g-${grade}`}><GradeShape grade={grade} />{n === undefined ? grade : `${n} ${grade}`}</span>;
}

/** What the shapes mean. */
export function GradeLegend({ all = false, reports = all, rooms = false }: { all?: boolean; /** Minutes may have no report. */ reports?: boolean; /** Somebody was in a breakout room. */ rooms?: boolean }) {
  return (
    <div className="legend">
      {(["good", "fair", "poor", "bad", "unclassified"] as const).map((g) => <span key={g}><GradeShape grade={g} />{g}</span>)}
      {reports && <span><i className="swatch-gap" />no report</span>}
      {all && <span><i className="swatch-drop" />dropped</span>}
      {rooms && <span><i className="swatch-room" />breakout room</span>}
    </div>
  );
}
