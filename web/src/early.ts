// What the page of an address will read is asked for while the other scripts are still on the way. Part of the first script
// of all, which has to stay small: it imports nothing.
import type { ID } from "./api/types.ts";

export const meetingPath = (id: ID): string => `/api/v1/meetings/${id}`;
export const minutesPath = (id: ID): string => `${meetingPath(id)}/minutes/columns`;

/** An answer that nobody took for this long is old. */
const FRESH_MS = 10_000;

const asked = new Map<string, { at: number; answer: Promise<Response> }>();

/** How the API is asked, early and later alike. */
export const ASK = { credentials: "same-origin", headers: { accept: "application/json" } } as const satisfies RequestInit;

function ask(path: string): void {
  const answer = fetch(path, ASK);
  // Whoever takes it is told what went wrong; when nobody does, nobody cares.
  answer.catch(() => undefined);
  asked.set(path, { at: performance.now(), answer });
}

/** The answer that was asked for early, once; undefined when there is none. */
export function takeEarly(path: string): Promise<Response> | undefined {
  const found = asked.get(path);
  asked.delete(path);
  return found && performance.now() - found.at < FRESH_MS ? found.answer : undefined;
}

/** The meeting whose page an address is, undefined for another page. */
export const meetingOf = (address: string): ID | undefined => /^\/meetings\/([0-9a-f]{16})$/.exec(address)?.[1];

/** Asks for what the page of a meeting will ask for. */
export function askForMeeting(id: ID): void {
  ask(meetingPath(id));
  ask(minutesPath(id));
}
