// Rows of minutes as columns, as the API sends them.
import type { MeetingMinutes, MinuteColumns } from "../src/api/types.ts";

export function columnsOf({ from, to, rows }: MeetingMinutes): MinuteColumns {
  const at = [...new Set(rows.flatMap((r) => r.minutes.map((m) => m.at)))].sort();
  const column = new Map(at.map((t, i) => [t, i]));
  const kinds = new Map<string, number>();
  return {
    from, to, at,
    rows: rows.filter((r) => r.minutes.length > 0).map(({ segment, minutes }) => {
      const first = column.get(minutes[0]?.at ?? "") ?? 0;
      const runs: number[] = [];
      const add = (kind: number, n: number) => { if (runs.at(-2) === kind) runs[runs.length - 1] = (runs.at(-1) ?? 0) + n; else runs.push(kind, n); };
      let next = first;
      for (const { at: time, ...rest } of minutes) {
        const key = JSON.stringify(rest);
        const kind = kinds.get(key) ?? kinds.size;
        kinds.set(key, kind);
        const here = column.get(time) ?? next;
        if (here > next) add(-1, here - next);
        add(kind, 1);
        next = here + 1;
      }
      return { segment, first, runs };
    }),
    kinds: [...kinds.keys()].map((k) => JSON.parse(k) as MinuteColumns["kinds"][number]),
  };
}
