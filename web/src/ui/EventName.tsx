// A name such as meeting.participant_qos_summary: it may break after a point or an underscore, and nowhere else.
import { Fragment } from "react";

export function EventName({ name }: { name: string }) {
  return <>{name.split(/(?<=[._])/).map((part, i) => <Fragment key={i}>{i > 0 && <wbr />}{part}</Fragment>)}</>;
}
