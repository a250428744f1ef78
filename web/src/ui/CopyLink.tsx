// The address of exactly this view, for somebody else.
import { useState } from "react";
import { Icon } from "./Icon.tsx";

export function CopyLink() {
  const [copied, setCopied] = useState<"" | "Copied" | "Copy it from the address bar">("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      setCopied("Copied");
    } catch {
      // Without TLS the browser gives no clipboard.
      setCopied("Copy it from the address bar");
    }
    window.setTimeout(() => { setCopied(""); }, 2500);
  };
  return <button type="button" className="btn quiet" onClick={() => { void copy(); }}><Icon name="link" /><span aria-live="polite">{copied || "Copy link"}</span></button>;
}
