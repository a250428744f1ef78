import { beforeEach, describe, expect, it } from "vitest";
import type { LiveMeeting, LiveMeetings } from "../api/types.ts";
import { APPLY_MS, BACKFILL_MS, Hub, mergeRows, SILENCE_MS, type EventSourceLike, type Listener, type Surroundings } from "./hub.ts";

/** A browser in which time passes only when the test says so. */
class World implements Surroundings {
  time = 100_000;
  sources: { url: string; closed: boolean; fire: (type: string, value?: unknown) => void }[] = [];
  #timers = new Map<number, { at: number; act: () => void }>();
  #next = 1;

  open = (url: string): EventSourceLike => {
    const acts = new Map<string, ((e: { data: string }) => void)[]>();
    const source = { url, closed: false, fire: (type: string, value?: unknown) => { for (const act of acts.get(type) ?? []) act({ data: typeof value === "string" ? value : JSON.stringify(value ?? {}) }); } };
    this.sources.push(source);
    return { addEventListener: (type, act) => { acts.set(type, [...(acts.get(type) ?? []), act]); }, close: () => { source.closed = true; } };
  };
  now = () => this.time;
  after = (ms: number, act: () => void) => { this.#timers.set(this.#next, { at: this.time + ms, act }); return this.#next++; };
  cancel = (timer: number) => { this.#timers.delete(timer); };
  pass(ms: number) {
    const end = this.time + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, t]) => t.at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      this.#timers.delete(due[0]);
      this.time = due[1].at;
      due[1].act();
    }
    this.time = end;
  }
  get last() { return this.sources.at(-1) as World["sources"][number]; }
}

let world: World;
let hub: Hub;
let log: { rows: LiveMeetings[]; segments: LiveMeeting[]; resyncs: number; fails: number };

beforeEach(() => {
  world = new World();
  log = { rows: [], segments: [], resyncs: 0, fails: 0 };
  const listener: Listener = { meetings: (m) => log.rows.push(m), meeting: (m) => log.segments.push(m), resync: () => { log.resyncs++; }, failed: () => { log.fails++; } };
  hub = new Hub(listener, world);
  hub.start();
});

describe("Hub", () => {
  it("hands the first update on at once, and those after it at most once a second, merged", () => {
    world.last.fire("open");
    world.last.fire("meetings", { rows: [{ id: "a", people: 0 }] });
    world.pass(0);
    expect(log.rows).toEqual([{ rows: [{ id: "a", people: 0 }], ended: [] }]);
    for (let i = 1; i < 5; i++) {
      world.last.fire("meetings", { rows: [{ id: "a", people: i }] });
      world.pass(APPLY_MS / 10);
    }
    expect(log.rows).toHaveLength(1);
    world.pass(APPLY_MS);
    expect(log.rows.slice(1)).toEqual([{ rows: [{ id: "a", people: 4 }], ended: [] }]);
  });
  it("waits for no update that comes a second after the last", () => {
    world.last.fire("open");
    for (let i = 0; i < 3; i++) {
      world.last.fire("meetings", { rows: [{ id: "a", people: i }] });
      world.pass(0);
      expect(log.rows).toHaveLength(i + 1);
      world.pass(APPLY_MS);
    }
  });
  it("says since when it does not follow and when it will try again, and waits longer each time", () => {
    world.last.fire("open");
    world.last.fire("status", { watermark: "x" });
    world.pass(5000);
    world.last.fire("error");
    expect(hub.snapshot().link).toEqual({ state: "lost", since: 100_000, retryAt: 106_000 });
    world.pass(1000);
    world.last.fire("error");
    expect(hub.snapshot().link).toEqual({ state: "lost", since: 100_000, retryAt: 108_000 });
    expect(world.sources).toHaveLength(2);
    expect(log.fails).toBe(2);
  });
  it("keeps the last figures while it does not follow", () => {
    world.last.fire("status", { people: 7 });
    world.last.fire("error");
    expect(hub.snapshot().status).toEqual({ people: 7 });
  });
  it("reads everything again after a break, but not after the first connection", () => {
    world.last.fire("open");
    expect(log.resyncs).toBe(0);
    world.last.fire("error");
    world.pass(1000);
    world.last.fire("open");
    expect(log.resyncs).toBe(1);
    expect(hub.snapshot().link.state).toBe("following");
  });
  it("takes long silence for a lost connection", () => {
    world.last.fire("open");
    world.pass(SILENCE_MS - 1);
    expect(hub.snapshot().link.state).toBe("following");
    world.pass(1);
    expect(hub.snapshot().link.state).toBe("lost");
    expect(world.sources[0]?.closed).toBe(true);
  });
  it("opens one connection anew to look at a meeting, and closes the old one", () => {
    hub.look("00ff");
    expect(world.sources.map((s) => [s.url, s.closed])).toEqual([["/api/v1/events", true], ["/api/v1/events?meeting=00ff", false]]);
    world.last.fire("open");
    world.last.fire("meeting", { meeting: "00ff", segments: [], minutes: [] });
    world.last.fire("meeting", { meeting: "other", segments: [], minutes: [] });
    world.pass(APPLY_MS);
    expect(log.segments.map((s) => s.meeting)).toEqual(["00ff"]);
  });
  it("reads nothing again when the other connection was there soon, and everything when it took long", () => {
    world.last.fire("open");
    hub.look("00ff");
    world.pass(BACKFILL_MS);
    world.last.fire("open");
    expect(log.resyncs).toBe(0);
    hub.look("00fe");
    world.pass(BACKFILL_MS + 1);
    world.last.fire("open");
    expect(log.resyncs).toBe(1);
  });
  it("goes on following a meeting that is looked at again", () => {
    hub.look("00ff");
    hub.look("00ff");
    expect(world.sources).toHaveLength(2);
  });
  it("ignores an error of a connection that it closed itself", () => {
    const first = world.last;
    hub.look("00ff");
    first.fire("error");
    expect(hub.snapshot().link.state).toBe("connecting");
  });
  it("leaves out a message that is no JSON", () => {
    world.last.fire("meetings", "{");
    world.pass(APPLY_MS);
    expect(log.rows).toEqual([]);
  });
  it("tries at once when asked to", () => {
    world.last.fire("error");
    hub.retry();
    expect(world.sources).toHaveLength(2);
    world.pass(60);
    hub.retry();
    expect(world.sources).toHaveLength(2);
  });
  it("stays closed after stop", () => {
    world.last.fire("error");
    hub.stop();
    world.pass(60_000);
    expect(world.sources).toHaveLength(1);
  });
  it("reads everything again when the server says so", () => {
    world.last.fire("resync");
    expect(log.resyncs).toBe(1);
  });
});

describe("mergeRows", () => {
  it("lets the newest word about a meeting stand", () => {
    const a = (people: number) => ({ id: "a", people }) as LiveMeetings["rows"][number];
    expect(mergeRows([{ rows: [a(1)] }, { rows: [a(2)], ended: ["b"] }])).toEqual({ rows: [a(2)], ended: ["b"] });
    expect(mergeRows([{ rows: [], ended: ["a"] }, { rows: [a(3)] }])).toEqual({ rows: [a(3)], ended: [] });
    expect(mergeRows([{ rows: [a(3)] }, { rows: [], ended: ["a"] }])).toEqual({ rows: [a(3)], ended: ["a"] });
  });
});
