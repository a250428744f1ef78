// The one instant that all lanes of a page show the values of. It moves with the pointer, far too often for React to draw
// the page each time: only the cells that show a value watch it.
import { useSyncExternalStore } from "react";

export class Crosshair {
  #pinned = NaN;
  #pointed = NaN;
  #watchers = new Set<() => void>();

  /** The instant to show: where the pointer is, else where it was pinned. NaN for nowhere. */
  get = (): number => (Number.isNaN(this.#pointed) ? this.#pinned : this.#pointed);

  watch = (act: () => void): (() => void) => {
    this.#watchers.add(act);
    return () => this.#watchers.delete(act);
  };

  point(at: number): void { this.#change(() => { this.#pointed = at; }); }
  pin(at: number): void { this.#change(() => { this.#pinned = at; }); }

  #change(act: () => void): void {
    const before = this.get();
    act();
    if (!Object.is(before, this.get())) for (const tell of this.#watchers) tell();
  }
}

export const useAt = (crosshair: Crosshair): number => useSyncExternalStore(crosshair.watch, crosshair.get);
