// People: find somebody by name or address.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useRef } from "react";
import { personsQuery } from "../../api/queries.ts";
import { useAccount } from "../../shell/account.ts";
import { useCrumbs } from "../../shell/crumbs.ts";
import { More } from "../../ui/More.tsx";
import { useRowKeys } from "../../ui/rowKeys.ts";
import { TextFilter } from "../../ui/TextFilter.tsx";
import { Wrong } from "../../ui/Wrong.tsx";
import { knownByWord } from "./knownBy.ts";

export function PeoplePage() {
  useCrumbs({ label: "People" });
  const { q = "" } = useSearch({ from: "/shell/people" });
  const navigate = useNavigate({ from: "/people" });
  const account = useAccount();
  const query = useInfiniteQuery({ ...personsQuery(q, account), placeholderData: (old) => old });
  const people = query.data?.pages.flatMap((p) => p.items) ?? [];
  const body = useRef<HTMLElement>(null);
  useRowKeys(body);
  return (
    <>
      <div className="head"><div className="grow"><h1>People</h1><div className="meta"><span>Everybody that Zoom has named, over all their joins</span></div></div></div>
      <div className="filters"><TextFilter value={q} label="Filter by name or e-mail" placeholder="Name, e-mail" onChange={(text) => { void navigate({ search: (old) => ({ ...old, q: text }), replace: true }); }} /></div>
      <section className="panel" ref={body} aria-label="People">
        <Wrong query={query} what="people" />
        {query.data && people.length === 0
          ? <div className="empty"><b>{q ? `Nobody is called “${q}”.` : "Nobody has been seen yet."}</b></div>
          : (
            <table>
              <thead><tr><th>Name<span className="narrow-only">, e-mail</span></th><th className="wide-only">E-mail</th><th className="wide-only">Known by</th></tr></thead>
              <tbody>
                {people.map((p) => (
                  <tr className="go" key={p.id}>
                    <td className="wide"><Link className="stretch clip" style={{ display: "block" }} to="/people/$id" params={{ id: p.id }} title={p.name}>{p.name || "Nameless person"}</Link>{p.email && <span className="t3 f12 clip narrow-only" style={{ display: "block" }} title={p.email}>{p.email}</span>}</td>
                    <td className="t2 wide wide-only"><span className="clip" style={{ display: "block" }} title={p.email}>{p.email ?? "–"}</span></td>
                    <td className="t3 wide-only">{knownByWord(p.known_by)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        {people.length > 0 && <More query={query} shown={people.length} what={people.length === 1 ? "person" : "people"} />}
      </section>
    </>
  );
}
