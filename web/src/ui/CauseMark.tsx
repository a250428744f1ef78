// A cause: its icon and its word. Causes have no colour of their own; what is not known is grey.
import type { Cause } from "../api/types.ts";
import { causeShort, causeWord, confidenceWord } from "../model/cause.ts";
import { Icon, type IconName } from "./Icon.tsx";

const ICONS: Record<Cause, IconName> = {
  isp: "isp", wifi: "wifi", device: "device", "local-network": "network", "zoom-edge": "cloud", remote: "sender", "client-version": "version", vpn: "vpn", unknown: "unknown",
};

export const CauseIcon = ({ cause }: { cause: Cause }) => <Icon name={ICONS[cause]} />;

/** Icon and word on one line. */
export function CauseMark({ cause, short = false }: { cause: Cause; short?: boolean }) {
  return <span className={cause === "unknown" ? "cause none" : "cause"}><CauseIcon cause={cause} /><span className="clip">{short ? causeShort(cause) : causeWord(cause)}</span></span>;
}

/** The same as a chip, for beside a heading. */
export function CauseChip({ cause }: { cause: Cause }) {
  return <span className={cause === "unknown" ? "chip cause-chip none" : "chip cause-chip"}><CauseIcon cause={cause} />{causeWord(cause)}</span>;
}

/** How sure, in a word; the percentage in the tooltip. */
export function Confidence({ percent }: { percent: number }) {
  return <span title={`${percent} %`}>confidence {confidenceWord(percent)}</span>;
}
