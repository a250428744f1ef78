// From when until when; of less than a day the end is a time of day.
import type { AlertSpan } from "../../api/types.ts";
import { millis } from "../../model/time.ts";
import { Time } from "../../ui/Time.tsx";

const DAY = 24 * 3_600_000;

export function SpanTime({ span }: { span: AlertSpan }) {
  const [from, to] = [millis(span.from), millis(span.to)];
  return <><Time at={from} />–<Time at={to} show={to - from < DAY ? "clock" : "day-clock"} /></>;
}
