// The four pages about alerts, one beside the other.
import { Link } from "@tanstack/react-router";

export function Parts() {
  return (
    <nav className="choice parts" aria-label="Alerts, silences, maintenance, rules">
      <Link to="/alerts" activeOptions={{ exact: true, includeSearch: false }} activeProps={{ "aria-current": "true" }}>Alerts</Link>
      <Link to="/alerts/silences" activeOptions={{ includeSearch: false }} activeProps={{ "aria-current": "true" }}>Silences</Link>
      <Link to="/alerts/maintenance" activeOptions={{ includeSearch: false }} activeProps={{ "aria-current": "true" }}>Maintenance</Link>
      <Link to="/alerts/rules" activeOptions={{ includeSearch: false }} activeProps={{ "aria-current": "true" }}>Rules</Link>
    </nav>
  );
}
