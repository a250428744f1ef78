// An address that is no page.
import { Link } from "@tanstack/react-router";

export function Missing() {
  return <main className="empty"><h1>There is no such page.</h1>The address may be cut off. <Link className="link" to="/live">Go to Live</Link></main>;
}
