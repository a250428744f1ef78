// Nothing has ever been received: what has to be done before there is anything to see.
import { Link } from "@tanstack/react-router";

export function FirstSteps() {
  return (
    <section className="panel" aria-label="First steps">
      <div className="empty first-steps">
        <b>Waiting for the first event from Zoom.</b>
        Save the event subscription of your Zoom app with this server’s address, tick the Quality of Service events, and start a meeting. Within a minute or
        two its people appear here by themselves. <Link className="link" to="/setup">Setup</Link> shows whether Zoom’s challenge and the first
        events have arrived, and what was refused.
      </div>
    </section>
  );
}
