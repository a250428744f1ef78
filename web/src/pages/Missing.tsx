// An address that is no page.
import { Link } from "@tanstack/react-router";

export function Missing() {
  return <div className="empty"><b>There is no such page.</b>The address may be cut off. <Link className="link" to="/live">Go to Live</Link></div>;
}
