// The tokens' colours as a canvas needs them: light-dark() resolved, for the scheme that is shown.

export interface Colours { line: string; ghost: string; peers: string; grid: string; fair: string; poor: string; bad: string; hatch: string; panel: string }

const NAMES: Record<keyof Colours, string> = { line: "--ink-series", ghost: "--ghost", peers: "--text-2", grid: "--line", fair: "--fair-tint", poor: "--poor-tint", bad: "--bad-tint", hatch: "--unknown-line", panel: "--panel" };

/** Reads them off an element, because a custom property keeps light-dark() as it was written. */
export function readColours(): Colours {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const colours = {} as Colours;
  for (const [name, token] of Object.entries(NAMES)) {
    probe.style.color = `var(${token})`;
    colours[name as keyof Colours] = getComputedStyle(probe).color;
  }
  probe.remove();
  return colours;
}
