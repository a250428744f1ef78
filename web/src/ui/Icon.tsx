// Line icons, 16 units wide. Each belongs to a word beside it, or to a label for those who do not see it.
const PATHS = {
  live: "M8 6.4a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2M4.8 11.2a4.5 4.5 0 0 1 0-6.4M11.2 4.8a4.5 4.5 0 0 1 0 6.4M2.7 13.3a7.5 7.5 0 0 1 0-10.6M13.3 2.7a7.5 7.5 0 0 1 0 10.6",
  meetings: "M4 3.5h8A1.5 1.5 0 0 1 13.5 5v7a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 12V5A1.5 1.5 0 0 1 4 3.5M2.5 6.5h11M5.5 2v3M10.5 2v3",
  phone: "M5.6 2.8 3.5 3.4c-.6.2-1 .7-.9 1.3.6 4.6 4.1 8.1 8.7 8.7.6.1 1.1-.3 1.3-.9l.6-2.1-2.9-1.5-1.2 1.2C7.5 9.5 6.4 8.3 5.8 6.9L7.1 5.7z",
  people: "M8 2.9a2.6 2.6 0 1 1 0 5.2 2.6 2.6 0 0 1 0-5.2M3 13.5c.5-2.6 2.5-4 5-4s4.5 1.4 5 4",
  sites: "M3 13.5V4l5-1.8V13.5M8 6h5v7.5M2 13.5h12M5.3 6v.01M5.3 8.5v.01M5.3 11v.01M10.5 8.5v.01M10.5 11v.01",
  ingest: "M8 2.5v7M5 7l3 3 3-3M2.5 10.5v3h11v-3",
  search: "M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8m3 7 3.5 3.5",
  sun: "M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6M8 1.5V3M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1",
  moon: "M13 9.6A5.5 5.5 0 0 1 6.4 3a5.5 5.5 0 1 0 6.6 6.6z",
  screen: "M3.500 3h9a1 1 0 0 1 1 1v5.500a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1M6 13.500h4M8 10.500v3",
  more: "M2.5 4.5h11M2.5 8h11M2.5 11.500h11",
  pause: "M5.500 3.500v9M10.500 3.500v9",
  link: "M6.5 9.500 9.500 6.500M7 5l1.500-1.500a2.800 2.800 0 0 1 4 4L11 9M9 11l-1.500 1.500a2.800 2.800 0 0 1-4-4L5 7",
  leave: "M9.500 3h-6v10h6M6.500 8h7M11 5.500 13.500 8 11 10.500",
  close: "m4 4 8 8M12 4l-8 8",
  jump: "M3 8h8M8 4.500 11.500 8 8 11.500M13.500 4v8",
  table: "M2.500 3.500h11v9h-11zM2.500 6.500h11M6.500 6.500v6",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return <svg className="icon" viewBox="0 0 16 16" aria-hidden="true"><path d={PATHS[name]} /></svg>;
}
