// An address that is no page.
import { Link } from "@tanstack/react-router";
import { useCrumbs } from "../shell/crumbs.ts";

export function Missing() {
  useCrumbs({ label: "No such page" });
  return (
    <>
      <div className="head"><div className="grow"><h1>There is no such page.</h1></div></div>
      <section className="panel" aria-label="No such page"><div className="empty"><b>The address may be cut off, or of a newer Earshot.</b>Look for a person, a meeting or an address above, or go to <Link className="link" to="/overview">Overview</Link> or <Link className="link" to="/meetings">Meetings</Link>.</div></section>
    </>
  );
}
