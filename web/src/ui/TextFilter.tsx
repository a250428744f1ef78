// A text field that tells its value after a short pause, so that an address does not change with every key.
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import { useKeys } from "../shell/keyboard.ts";

interface Props { value: string; label: string; placeholder: string; onChange: (value: string) => void }

export function TextFilter({ value, label, placeholder, onChange }: Props) {
  const [text, setText] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  const tell = useDebouncedCallback(onChange, 250);
  useKeys({ f: () => { input.current?.focus(); } });
  // The address changed by itself: back, or a cleared filter.
  useEffect(() => {
    if (document.activeElement === input.current) return;
    tell.cancel();
    setText(value);
  }, [value, tell]);
  return (
    <input
      ref={input} className="field" type="search" aria-label={label} placeholder={placeholder} value={text}
      onChange={(e) => { setText(e.currentTarget.value); tell(e.currentTarget.value.trim()); }} 
      // What was typed counts before what is clicked next.
      onBlur={() => { tell.flush(); }} onKeyDown={(e) => { if (e.key === "Escape") e.currentTarget.blur(); }}
    />
  );
}
