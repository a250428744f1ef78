// Zoom's own client (@zoom/rivet) against the emulator's REST side: server-to-server token, lists of live and past meetings and
// webinars, detail, participants, quality of service, paging, errors.
import assert from "node:assert/strict";
import { AccountsS2SAuthClient } from "@zoom/rivet/accounts";
import { turnAxios } from "./turn.mjs";

const { EMULATOR, ACCOUNT, FROM, TO } = process.env;
turnAxios(EMULATOR);

const client = new AccountsS2SAuthClient({
  clientId: "rivet-id", clientSecret: "rivet-secret", accountId: ACCOUNT, webhooksSecretToken: "unused", disableReceiver: true, baseUrl: `${EMULATOR}/v2`,
});
const dashboards = client.endpoints.dashboards;
const twice = (id) => encodeURIComponent(encodeURIComponent(id));

// pages follows next_page_token to the end.
async function pages(ask, key, query) {
  const all = [];
  for (let token = ""; ; ) {
    const { data, statusCode, trackingId } = await ask({ ...query, ...(token && { next_page_token: token }) });
    assert.equal(statusCode, 200);
    assert.match(trackingId, /^v=2\.0;/);
    all.push(...data[key]);
    token = data.next_page_token;
    if (token === "") return all;
    assert.ok(all.length < 10_000, "pages without end");
  }
}

const span = { from: FROM, to: TO };
const live = await pages((query) => dashboards.listMeetings({ query }), "meetings", { ...span, type: "live", page_size: 3 });
assert.ok(live.length > 3, `${live.length} live meetings: want several pages of them`);
assert.equal(new Set(live.map((m) => m.uuid)).size, live.length, "a meeting is listed twice");

let people = 0, minutes = 0;
for (const m of live) {
  const path = { meetingId: twice(m.uuid) };
  const detail = await dashboards.getMeetingDetails({ path, query: { type: "live" } });
  assert.equal(detail.data.uuid, m.uuid);
  const list = await pages((query) => dashboards.listMeetingParticipants({ path, query }), "participants", { type: "live", page_size: 2 });
  assert.equal(list.length, detail.data.participants);
  people += list.length;
  const qos = await pages((query) => dashboards.listMeetingParticipantsQoS({ path, query }), "participants", { type: "live", page_size: 10 });
  assert.deepEqual(qos.map((p) => p.user_id), list.map((p) => p.user_id));
  for (const p of qos) minutes += p.user_qos.length;
}
assert.ok(people > 10 && minutes > 10, `${people} participants with ${minutes} minutes`);

const past = await pages((query) => dashboards.listMeetings({ query }), "meetings", { ...span, type: "past", page_size: 30 });
assert.ok(past.length > 0, "no past meetings");
const webinars = [];
for (const type of ["live", "past"]) {
  for (const w of await pages((query) => dashboards.listWebinars({ query }), "webinars", { ...span, type })) {
    webinars.push(w);
    const path = { webinarId: twice(w.uuid) };
    const { data } = await dashboards.getWebinarDetails({ path, query: { type } });
    assert.equal(data.uuid, w.uuid);
    const list = await pages((query) => dashboards.getWebinarParticipants({ path, query }), "participants", { type, page_size: 30 });
    const qos = await pages((query) => dashboards.listWebinarParticipantQoS({ path, query }), "participants", { type, page_size: 10 });
    assert.deepEqual(qos.map((p) => p.user_id), list.map((p) => p.user_id));
  }
}
assert.ok(webinars.length > 0, "no webinar, live or past");
const { data: quality } = await dashboards.getMeetingQualityScores({ query: span });
assert.equal(typeof quality.quality.audio.good, "number");

await assert.rejects(dashboards.getMeetingDetails({ path: { meetingId: "12345" }, query: {} }), /404\/3001.*Meeting does not exist/);
await assert.rejects(dashboards.listMeetings({ query: { type: "past", from: "nonsense", to: TO } }), /400\/300.*Validation Failed/);
const stranger = new AccountsS2SAuthClient({
  clientId: "rivet-id", clientSecret: "wrong", accountId: ACCOUNT, webhooksSecretToken: "unused", disableReceiver: true, baseUrl: `${EMULATOR}/v2`,
});
await assert.rejects(stranger.endpoints.dashboards.listMeetings({ query: span }));

console.log(`rivet: ${live.length} live meetings with ${people} participants and ${minutes} reports, ${past.length} past meetings, ${webinars.length} webinars`);
