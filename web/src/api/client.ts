// The way to the API: JSON in, JSON out, problem+json as an error that can be shown to people.

import { ASK, takeEarly } from "../early.ts";

/** What went wrong with a request, in words. status is 0 when no answer came at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly path: string;
  /** The server's id of the request, to be copied into a report; "" when there is none. */
  readonly trace: string;
  /** What is wrong with which field of what was sent ("body.share_pct"), where the server says so. */
  readonly fields: readonly FieldProblem[];

  constructor(status: number, path: string, message: string, trace = "", fields: readonly FieldProblem[] = []) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.path = path;
    this.trace = trace;
    this.fields = fields;
  }
}

export interface FieldProblem { message?: string; location?: string }

interface Problem { title?: string; detail?: string; errors?: FieldProblem[] }

const SESSION = "/api/v1/session";

let onUnauthorized: () => void = () => undefined;
/** Somebody is logging out: what is refused from then on is no news, until the next login. */
let leaving = false;

/** Says what to do when any request finds that nobody is logged in. The router sets it once. */
export function whenUnauthorized(act: () => void): void { onUnauthorized = act; }

/** One request. An answer that is no 2xx, and no answer, both reject with an ApiError. */
export async function request<T>(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  if (path === SESSION && method !== "GET") leaving = method === "DELETE";
  let response: Response;
  try {
    const early = method === "GET" ? takeEarly(path) : undefined;
    response = await (early ?? fetch(path, {
      ...ASK,
      method,
      ...(body === undefined ? {} : { headers: { ...ASK.headers, "content-type": "application/json" }, body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    }));
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(0, path, "Earshot does not answer. Is it running, and is the network up?");
  }
  if (response.ok) return response.status === 204 ? (undefined as T) : ((await response.json()) as T);
  const { text, fields } = await problemOf(response);
  const error = new ApiError(response.status, path, text, response.headers.get("x-request-id") ?? "", fields);
  if (response.status === 401 && !leaving && !(method === "POST" && path === SESSION)) onUnauthorized();
  throw error;
}

async function problemOf(response: Response): Promise<{ text: string; fields: FieldProblem[] }> {
  try {
    const problem = (await response.json()) as Problem;
    const fields = problem.errors ?? [];
    const parts = [problem.detail ?? problem.title ?? "", ...fields.map((e) => [e.location, e.message].filter(Boolean).join(": "))];
    const text = parts.filter(Boolean).join("; ");
    if (text) return { text, fields };
  } catch {
    // No JSON: a proxy's page, say. The status has to do.
  }
  return { text: `The server answered ${response.status} ${response.statusText}`.trim(), fields: [] };
}

/** A path with its query: empty and undefined parameters are left out. */
export function withQuery(path: string, parameters: Record<string, string | number | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== "") query.set(name, String(value));
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}
