// The event stream: one connection for the whole page, opened again when it breaks, its messages handed on at once, but at
// most once a second. Browsers allow six connections per server, so there is never a second one: looking at a meeting opens the
// same connection anew with that meeting in its address.
import type { ID, LiveMeeting, LiveMeetings, LiveStatus } from "../api/types.ts";

/** Messages are handed on this often at most. */
export const APPLY_MS = 1_000;
/** The server speaks every second. Silence this long is a lost connection, though the socket may still seem open. */
export const SILENCE_MS = 10_000;
/** A connection that is opened this soon after another misses nothing: the server begins some ten seconds back. */
export const BACKFILL_MS = 5_000;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 15_000;

export type Link =
  | { state: "connecting" }
  | { state: "following" }
  /** since and retryAt are wall clock milliseconds. */
  | { state: "lost"; since: number; retryAt: number };

export interface Snapshot {
  link: Link;
  /** The newest status, undefined before the first. */
  status: LiveStatus | undefined;
  /** When the newest status came, and the newest change of a meeting; wall clock, 0 for never. */
  statusAt: number;
  changeAt: number;
}

export interface Listener {
  /** Rows that changed, several messages merged into one. */
  meetings(update: LiveMeetings): void;
  meeting(update: LiveMeeting): void;
  /** Everything must be read again: the stream has a hole. */
  resync(): void;
  /** The connection failed: perhaps the session ended. */
  failed(): void;
}

/** What the hub needs of the browser; tests put their own in its place. */
export interface Surroundings {
  open(url: string): EventSourceLike;
  now(): number;
  after(ms: number, act: () => void): number;
  cancel(timer: number): void;
}

export interface EventSourceLike {
  addEventListener(type: string, act: (event: { data: string }) => void): void;
  close(): void;
}

const browserSurroundings: Surroundings = {
  open: (url) => new EventSource(url) as unknown as EventSourceLike,
  now: () => Date.now(),
  after: (ms, act) => window.setTimeout(act, ms),
  cancel: (timer) => { window.clearTimeout(timer); },
};

export class Hub {
  #world: Surroundings;
  #listener: Listener;
  #source: EventSourceLike | undefined;
  /** The meeting that the connection follows, as in its address. */
  #meeting: ID = "";
  #snapshot: Snapshot = { link: { state: "connecting" }, status: undefined, statusAt: 0, changeAt: 0 };
  #watchers = new Set<() => void>();
  #rows: LiveMeetings[] = [];
  #segments: LiveMeeting[] = [];
  #flushTimer = 0;
  #retryTimer = 0;
  #silenceTimer = 0;
  #retryMs = FIRST_RETRY_MS;
  #wasLost = false;
  /** When messages were handed on last, and when the connection was last closed for another. */
  #appliedAt = -Infinity;
  #switchedAt = -Infinity;

  constructor(listener: Listener, world: Surroundings = browserSurroundings) {
    this.#listener = listener;
    this.#world = world;
  }

  /** For useSyncExternalStore: the same object until something changes. */
  snapshot = (): Snapshot => this.#snapshot;

  watch = (act: () => void): (() => void) => {
    this.#watchers.add(act);
    return () => this.#watchers.delete(act);
  };

  /** Opens the connection. Safe to call again. */
  start(): void {
    if (!this.#source && !this.#retryTimer) this.#open();
  }

  /** Closes it, for good until start. */
  stop(): void {
    this.#close();
    this.#cancelRetry();
    this.#set({ link: { state: "connecting" }, status: undefined });
  }

  /**
   * Follows one meeting's segments and minutes too. It goes on being followed until another one is looked at: coming back
   * costs no new connection, and what was read of it is never behind.
   */
  look(meeting: ID): void {
    if (meeting === this.#meeting) return;
    this.#meeting = meeting;
    this.#segments = [];
    if (this.#source) {
      this.#close();
      this.#switchedAt = this.#world.now();
      this.#open();
    }
  }

  /** Tries again now, without waiting for the timer. */
  retry(): void {
    this.#cancelRetry();
    if (!this.#source) this.#open();
  }

  #open(): void {
    const source = this.#world.open(this.#meeting ? `/api/v1/events?meeting=${encodeURIComponent(this.#meeting)}` : "/api/v1/events");
    this.#source = source;
    this.#listenForSilence();
    source.addEventListener("open", () => { this.#opened(); });
    source.addEventListener("error", () => { if (this.#source === source) this.#lost(); });
    this.#on<LiveStatus>(source, "status", (status) => { this.#set({ status, statusAt: this.#world.now(), link: { state: "following" } }); });
    this.#on<LiveMeetings>(source, "meetings", (m) => { this.#rows.push(m); this.#schedule(); });
    this.#on<LiveMeeting>(source, "meeting", (m) => { if (m.meeting === this.#meeting) { this.#segments.push(m); this.#schedule(); } });
    source.addEventListener("resync", () => { this.#listenForSilence(); this.#listener.resync(); });
  }

  // A message that is no JSON is left out: the next one, or a resync, brings what it would have said.
  #on<T>(source: EventSourceLike, type: string, act: (value: T) => void): void {
    source.addEventListener(type, (event) => {
      if (this.#source !== source) return;
      this.#listenForSilence();
      let value: T;
      try {
        value = JSON.parse(event.data) as T;
      } catch {
        return;
      }
      act(value);
    });
  }

  #opened(): void {
    this.#retryMs = FIRST_RETRY_MS;
    this.#listenForSilence();
    if (this.#snapshot.link.state !== "following") this.#set({ link: { state: "following" } });
    // What happened during the break was never sent.
    if (this.#wasLost || (this.#switchedAt > -Infinity && this.#world.now() - this.#switchedAt > BACKFILL_MS)) {
      this.#wasLost = false;
      this.#listener.resync();
    }
    this.#switchedAt = -Infinity;
  }

  #lost(): void {
    const before = this.#snapshot.link;
    const now = this.#world.now();
    this.#close();
    this.#wasLost = true;
    this.#set({ link: { state: "lost", since: before.state === "lost" ? before.since : this.#snapshot.statusAt || now, retryAt: now + this.#retryMs } });
    this.#retryTimer = this.#world.after(this.#retryMs, () => { this.#retryTimer = 0; this.#open(); });
    this.#retryMs = Math.min(MAX_RETRY_MS, this.#retryMs * 2);
    this.#listener.failed();
  }

  #listenForSilence(): void {
    this.#world.cancel(this.#silenceTimer);
    this.#silenceTimer = this.#world.after(SILENCE_MS, () => { if (this.#source) this.#lost(); });
  }

  #schedule(): void {
    if (this.#flushTimer) return;
    this.#flushTimer = this.#world.after(Math.max(0, this.#appliedAt + APPLY_MS - this.#world.now()), () => {
      this.#flushTimer = 0;
      this.#appliedAt = this.#world.now();
      const rows = this.#rows;
      const segments = this.#segments;
      this.#rows = [];
      this.#segments = [];
      this.#set({ changeAt: this.#world.now() });
      if (rows.length > 0) this.#listener.meetings(mergeRows(rows));
      for (const s of segments) this.#listener.meeting(s);
    });
  }

  #close(): void {
    this.#source?.close();
    this.#source = undefined;
    this.#world.cancel(this.#silenceTimer);
  }

  #cancelRetry(): void {
    if (this.#retryTimer) this.#world.cancel(this.#retryTimer);
    this.#retryTimer = 0;
  }

  #set(part: Partial<Snapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...part };
    for (const act of this.#watchers) act();
  }
}

/** Several updates as one: the newest row of each meeting, and an end only where no row came after it. */
export function mergeRows(updates: readonly LiveMeetings[]): LiveMeetings {
  const rows = new Map<ID, LiveMeetings["rows"][number]>();
  const ended = new Set<ID>();
  for (const u of updates) {
    for (const row of u.rows) {
      rows.set(row.id, row);
      ended.delete(row.id);
    }
    for (const id of u.ended ?? []) ended.add(id);
  }
  return { rows: [...rows.values()], ended: [...ended] };
}
