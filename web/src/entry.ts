// What the browser runs first: small, so that the answers and the script of the page are on their way while the rest is read.
import { askForMeeting, meetingOf } from "./early.ts";

const meeting = meetingOf(location.pathname);
if (meeting !== undefined) askForMeeting(meeting);
void import("./main.tsx");
if (meeting !== undefined) void import("./pages/meeting/MeetingPage.tsx");
