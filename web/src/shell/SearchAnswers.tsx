// The search box once somebody turned to it: a person, a meeting, an address, a call. Answers are grouped; arrows and Enter choose one.
import { Combobox, useCombobox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useLayoutEffect } from "react";
import { searchQuery } from "../api/queries.ts";
import type { SearchHit } from "../api/types.ts";
import { readSought, SOUGHT_WORDS, soughtKind, whenWords } from "../model/find.ts";
import { CAUSES, causeWord, isCause } from "../model/cause.ts";
import { useNow } from "../live/follow.ts";
import { Mantine } from "../mantine/Mantine.tsx";
import { Time } from "../ui/Time.tsx";
import { useAccount } from "./account.ts";
import { FIELD, SearchField, type Search } from "./SearchField.tsx";
import { useZone } from "./zone.ts";
import { PAGES } from "./Nav.tsx";

const GROUPS: readonly { type: SearchHit["type"]; label: string }[] = [
  { type: "meeting", label: "Meetings" }, { type: "person", label: "People" }, { type: "call", label: "Phone calls" }, { type: "site", label: "Sites" },
];

/** What is no name but a place in Earshot: its pages, and incidents of a cause. */
const PLACES: readonly { value: string; label: string; detail: string; words: string }[] = [
  ...PAGES.map((p) => ({ value: `page ${p.to}`, label: p.label, detail: `g ${p.key}`, words: p.label })),
  ...CAUSES.map((c) => ({ value: `cause ${c}`, label: `Incidents: ${causeWord(c)}`, detail: "open, and of the last 24 hours", words: `incidents ${c} ${causeWord(c)}` })),
];

const placesFor = (text: string) => (text.length < 2 ? [] : PLACES.filter((p) => p.words.toLowerCase().split(" ").some((_, k, all) => all.slice(k).join(" ").startsWith(text.toLowerCase()))).slice(0, 4));

export function SearchAnswers(search: Search) {
  return <Mantine><Answers {...search} /></Mantine>;
}

function Answers({ input, text, setText, held }: Search) {
  const [asked] = useDebouncedValue(text.trim(), 150);
  const box = useCombobox({ onDropdownClose: () => { box.resetSelectedOption(); } });
  const navigate = useNavigate();
  const zone = useZone();
  const now = useNow(60_000);
  const account = useAccount();
  // "10.20.4.17 yesterday 09:41": names are looked for without the time, and the first answer is who that was then.
  const sought = readSought(asked, now, zone);
  const kind = soughtKind(sought.q);
  const answer = useQuery(searchQuery(sought.q));
  const hits = answer.data?.items ?? [];
  const places = placesFor(asked);

  const { selectFirstOption, openDropdown } = box;
  // This field took the place of the plain one: who was in that one is in this one, and what was typed there is looked for.
  useLayoutEffect(() => {
    if (!held) return;
    input.current?.focus();
    input.current?.setSelectionRange(held.from, held.to);
  }, [input, held]);
  useEffect(() => { if (answer.data) selectFirstOption(); }, [answer.data, selectFirstOption]);

  const go = async (value: string) => {
    const [type, id] = value.split(" ") as [SearchHit["type"] | "page" | "cause" | "find", string];
    setText("");
    box.closeDropdown();
    input.current?.blur();
    if (type === "find") await navigate({ to: "/find", search: { q: sought.q, ...(sought.at === undefined ? {} : { at: new Date(sought.at).toISOString() }), ...(account ? { account } : {}) } });
    else if (type === "page") await navigate({ to: id });
    else if (type === "cause") await navigate({ to: "/incidents", search: isCause(id) ? { cause: id } : {} });
    else if (type === "meeting") await navigate({ to: "/meetings/$id", params: { id } });
    else if (type === "person") await navigate({ to: "/people/$id", params: { id } });
    else if (type === "call") await navigate({ to: "/phone/$id", params: { id } });
    else await navigate({ to: "/sites/$id", params: { id } });
  };

  // What can only be found that way comes first; a name is mostly that of a page's person or meeting.
  const first = sought.at !== undefined || (kind !== "text" && kind !== "number" && kind !== "uuid");
  const finds = sought.q.length > 1 && (
    <Combobox.Group label="Find">
      <Combobox.Option value="find it"><span className="hit"><span className="clip">{sought.q}</span><span className="t3 f12">{sought.at === undefined ? SOUGHT_WORDS[kind] : ""}</span><span className="detail clip">{sought.at === undefined ? "everybody who matches, newest first" : `who that was on ${whenWords(sought.at, zone)}`}</span></span></Combobox.Option>
    </Combobox.Group>
  );

  return (
    <Combobox store={box} onOptionSubmit={(v) => { void go(v); }} offset={4} transitionProps={{ duration: 0 }} width={420} position="bottom-end" shadow="md" withinPortal={false}>
      <Combobox.DropdownTarget>
        <SearchField text={text}>
          <Combobox.EventsTarget withExpandedAttribute>
            <input
              {...FIELD} ref={input} value={text}
              onChange={(e) => { setText(e.currentTarget.value); openDropdown(); }}
              onFocus={() => { if (text) openDropdown(); }} onBlur={() => { box.closeDropdown(); }}
              onKeyDown={(e) => { if (e.key === "Escape") { setText(""); box.closeDropdown(); e.currentTarget.blur(); } }}
            />
          </Combobox.EventsTarget>
        </SearchField>
      </Combobox.DropdownTarget>
      <Combobox.Dropdown hidden={asked.length < 2}>
        <Combobox.Options aria-label="Search results">
          {first && finds}
          {GROUPS.map(({ type, label }) => {
            const own = hits.filter((h) => h.type === type);
            return own.length > 0 && (
              <Combobox.Group label={label} key={type}>
                {own.map((h) => <Combobox.Option value={`${h.type} ${h.id}`} key={h.id}><Hit hit={h} /></Combobox.Option>)}
              </Combobox.Group>
            );
          })}
          {places.length > 0 && (
            <Combobox.Group label="Go to">
              {places.map((p) => <Combobox.Option value={p.value} key={p.value}><span className="hit"><span className="clip">{p.label}</span><span className="t3 f12">{p.detail}</span></span></Combobox.Option>)}
            </Combobox.Group>
          )}
          {!first && hits.length === 0 && places.length === 0 && <Combobox.Empty>{answer.error ? `The search failed: ${answer.error.message}` : answer.isFetching || asked !== text.trim() ? "Searching …" : `Nothing is called “${asked}”.`}</Combobox.Empty>}
          {!first && finds}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

/** Of meetings and calls the answer tells when they began, in UTC: it is shown by the reader's clock. */
const BEGAN = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC$/;

function Hit({ hit }: { hit: SearchHit }) {
  const began = BEGAN.exec(hit.detail ?? "");
  const at = began ? Date.parse(`${began[1]}T${began[2]}Z`) : NaN;
  return (
    <span className="hit">
      <span className="clip">{hit.title || "(no name)"}</span>
      {hit.live ? <span className="chip">live</span> : <span />}
      {hit.detail && <span className="detail clip">{Number.isNaN(at) ? hit.detail : <Time at={at} />}</span>}
    </span>
  );
}
