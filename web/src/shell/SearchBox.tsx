// The one search box of the header. Its answers, and Mantine with them, are half as much script as all the rest of a first
// page: they come when somebody turns to the box, and take over the field together with who is in it.
import { useRef, useState, type ComponentType } from "react";
import { flushSync } from "react-dom";
import { useKeys } from "./keyboard.ts";
import { FIELD, SearchField, type Search } from "./SearchField.tsx";

interface Answering { Answers: ComponentType<Search>; held: Search["held"] }

export function SearchBox() {
  const [text, setText] = useState("");
  const [answering, setAnswering] = useState<Answering>();
  const input = useRef<HTMLInputElement>(null);

  useKeys({ "/": () => { input.current?.focus(); input.current?.select(); } });

  const turnTo = () => {
    if (answering) return;
    import("./SearchAnswers.tsx").then(({ SearchAnswers }) => {
      // In one go: between looking who is in the field and its replacement no key may be pressed.
      flushSync(() => {
        const field = input.current;
        const held = field !== null && document.activeElement === field ? { from: field.selectionStart ?? 0, to: field.selectionEnd ?? 0 } : undefined;
        setAnswering((old) => old ?? { Answers: SearchAnswers, held });
      });
    }, () => undefined); // No network: what is typed stays, and the next turn to the box asks again.
  };

  if (answering) return <answering.Answers input={input} text={text} setText={setText} held={answering.held} />;
  return (
    <SearchField text={text} onPointerEnter={turnTo}>
      <input {...FIELD} ref={input} value={text} onFocus={turnTo} onChange={(e) => { setText(e.currentTarget.value); turnTo(); }} onKeyDown={(e) => { if (e.key === "Escape") { setText(""); e.currentTarget.blur(); } }} />
    </SearchField>
  );
}
