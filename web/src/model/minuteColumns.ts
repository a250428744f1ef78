// A meeting's minutes as the API sends them to a page that draws all of them: each sort of minute once, and rows as runs of
// sorts over columns of time. Read back into rows, whose minutes share the reason, cause and streams of their sort.
import type { MeetingMinutes, Minute, MinuteColumns } from "../api/types.ts";

/** The rows that the columns stand for. What points outside of the columns is left out. */
export function rowsOf(columns: MinuteColumns): MeetingMinutes {
  const { at, kinds } = columns;
  const rows = columns.rows.map(({ segment, first, runs }) => {
    const minutes: Minute[] = [];
    let column = first;
    for (let i = 0; i + 1 < runs.length; i += 2) {
      const kind = kinds[runs[i] as number];
      const end = column + (runs[i + 1] as number);
      if (!kind) {
        column = end;
        continue;
      }
      for (; column < end; column++) {
        const time = at[column];
        if (time === undefined) break;
        minutes.push({ at: time, ...kind });
      }
    }
    return { segment, minutes };
  });
  return { from: columns.from, to: columns.to, rows };
}
