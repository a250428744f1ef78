// The meeting that ended last, for when none is running.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { meetingsQuery } from "../../api/queries.ts";
import { meetingName } from "../../model/format.ts";
import { millis } from "../../model/time.ts";
import { Time } from "../../ui/Time.tsx";
import { GradeMark } from "../../ui/GradeMark.tsx";

export function LastMeeting({ query }: { query: ReturnType<typeof meetingsQuery> }) {
  const past = useInfiniteQuery(query);
  const last = past.data?.pages[0]?.items[0];
  if (past.data && !last) return <>Nothing has been seen yet.</>;
  if (!last) return null;
  return <>The last was <Link className="link" to="/meetings/$id" params={{ id: last.id }}>{meetingName(last)}</Link>, until <Time at={millis(last.end ?? last.last_seen)} />: <GradeMark grade={last.grade} /></>;
}
