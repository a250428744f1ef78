import { describe, expect, it } from "vitest";
import type { AlertDetail, AlertRow } from "../api/types.ts";
import { alertLines, alertsVerdict, howOf, receiversVerdict, subjectPages, toldOf } from "./alert.ts";
import { at } from "./testing.ts";

const row = (id: string, part: Partial<AlertRow> = {}): AlertRow => ({
  id, rule: "Incident", kind: "incident", severity: "warning", state: "firing", title: `alert ${id}`, raised: at(0), updated: at(1), subject_kind: "incident", labels: {}, ...part,
});
const said = (firing: AlertRow[], past: AlertRow[]) => alertsVerdict(firing, past, 7).pieces.map((p) => p.text).join("");

describe("the list", () => {
  it("puts what fires first, the worst of it first, and what is silenced or explained below what is told", () => {
    const firing = [row("info", { severity: "info" }), row("silenced", { severity: "critical", silenced_by: ["s"] }), row("many", { affected: 9 }), row("few", { affected: 2 }), row("explained", { explained: true })];
    const past = [row("old", { state: "resolved", ended: at(1) }), row("new", { state: "resolved", ended: at(9) })];
    expect(alertLines(firing, past).map((l) => l.key)).toEqual(["firing", "many", "few", "info", "silenced", "explained", "past", "new", "old"]);
  });
  it("shows an alert once that stands in both answers, and no heading without alerts", () => {
    expect(alertLines([row("a")], [row("a", { state: "resolved", ended: at(1) })]).map((l) => l.key)).toEqual(["firing", "a"]);
    expect(alertLines([], [])).toEqual([]);
  });
});

describe("words", () => {
  it("say what becomes of an alert: acknowledged goes before silenced, silenced before explained", () => {
    expect(howOf(row("a", { ack: { at: at(1), who: "ann" }, silenced_by: ["s"] }))).toBe("acknowledged");
    expect(howOf(row("a", { silenced_by: ["s"], explained: true }))).toBe("silenced");
    expect(howOf(row("a", { inhibited: true }))).toBe("explained");
    expect(howOf(row("a", { silenced_by: [] }))).toBe("new");
  });
  it("say what fires, how much of it nobody has taken on, and the worst", () => {
    expect(said([row("a", { severity: "critical" }), row("b", { silenced_by: ["s"] })], [])).toBe("2 alerts fire, 1 of them not acknowledged. Worst: alert a.");
    expect(said([row("b", { silenced_by: ["s"] })], [])).toBe("1 alert fires, each of them acknowledged, silenced or explained. Worst: alert b.");
    expect(said([], [row("c", { state: "resolved", ended: at(1) })])).toBe("No alert fires. 1 alert is over, of the last 7 days.");
    expect(alertsVerdict([row("a", { severity: "critical" })], [], 7).grade).toBe("bad");
    expect(alertsVerdict([row("a", { severity: "critical", silenced_by: ["s"] })], [], 7).grade).toBe("fair");
  });
  it("name receivers that do not take alerts, and nothing where there are none", () => {
    expect(receiversVerdict([])).toBeUndefined();
    expect(receiversVerdict([{ name: "noc", integrations: [{ name: "slack[0]" }] }])).toBe("1 receiver is told");
    expect(receiversVerdict([{ name: "noc", integrations: [{ name: "slack[0]", failing_since: at(0) }] }])).toBe("noc does not take alerts");
  });
});

describe("who was told", () => {
  it("is each receiver's integration with its last answer", () => {
    const alert: AlertDetail = { ...row("a"), timeline: [
      { at: at(0), what: "raised" }, { at: at(1), what: "refused", who: "noc", text: "slack[0]: status 503: later" }, { at: at(2), what: "notified", who: "noc", text: "slack[0]" },
      { at: at(2), what: "refused", who: "noc", text: "email[0]: no such host" }, { at: at(3), what: "acknowledged", who: "ann" },
    ] };
    expect(toldOf(alert).map((t) => [t.receiver, t.by, t.refused, t.text])).toEqual([["noc", "slack", false, ""], ["noc", "email", true, "no such host"]]);
  });
});

describe("what an alert is about", () => {
  it("leads to its page, and to the incident that explains it", () => {
    expect(subjectPages(row("a", { subject_kind: "meeting", subject: "m", incident: "i", explained: true })).map((p) => p.to)).toEqual(["/incidents/$id", "/meetings/$id"]);
    expect(subjectPages(row("a", { subject_kind: "health" })).map((p) => p.to)).toEqual(["/ingest"]);
    expect(subjectPages(row("a", { subject_kind: "everything" }))).toEqual([]);
  });
});
