// When a panel could not be read: what failed, since when, and trying again. Only that panel is affected; what was read
// before stays, with words that say how old it is.
import { ApiError } from "../api/client.ts";
import { capital } from "../model/format.ts";
import { clockSeconds } from "../model/time.ts";
import { useZone } from "../shell/zone.ts";

export interface Reading { error: Error | null; data?: unknown; errorUpdatedAt: number; dataUpdatedAt: number; refetch: () => unknown }

/** Nothing when all is well. */
export function Wrong({ query, what }: { query: Reading; what: string }) {
  const zone = useZone();
  if (!query.error) return null;
  const error = query.error;
  const stale = query.data !== undefined;
  // An address that was cut off names no id at all, which is the same to whoever follows it.
  const absent = error instanceof ApiError && (error.status === 404 || (error.status === 422 && error.message.includes("path.id")));
  return (
    <div className={stale ? "wrong stale" : "wrong"} role="alert">
      <span>
        <b>{absent ? `Earshot knows no such ${what}.` : stale ? `${capital(what)} not renewed since ${clockSeconds(query.dataUpdatedAt, zone)}.` : `${capital(what)} could not be read.`}</b>
        {absent ? " It may have been removed by the retention, or the address is incomplete." : ` ${error.message}`}
        {error instanceof ApiError && error.trace && <span className="t3"> Request <span className="mono">{error.trace}</span>.</span>}
      </span>
      {!absent && <button type="button" className="btn" onClick={() => { query.refetch(); }}>Try again</button>}
    </div>
  );
}
