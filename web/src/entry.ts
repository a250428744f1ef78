// What the browser runs first: small, so that the answers, the script of the page and the letters are on their way while the
// rest is read.
import { askForMeeting, meetingOf } from "./early.ts";

const meeting = meetingOf(location.pathname);
if (meeting !== undefined) askForMeeting(meeting);
void import("./main.tsx");
if (meeting !== undefined) void import("./pages/meeting/MeetingPage.tsx");
else if (location.pathname === "/" || location.pathname === "/overview") void import("./pages/overview/OverviewPage.tsx");
// Asked for by the first text, they would come after the page was laid out once, and it would be laid out again. Without them
// there are the system's.
document.fonts.load("13px 'Inter Variable'").catch(() => undefined);
