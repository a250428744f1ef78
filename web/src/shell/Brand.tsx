export function Brand() {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true">
      <rect width="20" height="20" rx="5" fill="var(--text)" />
      <path d="M5 12.500v-1M8 14V8M11 14.500V5.500M14 12V9.500" stroke="var(--bg)" strokeWidth="1.7" strokeLinecap="round" />
    </svg>
  );
}
