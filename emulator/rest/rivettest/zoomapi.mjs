// zoomapi (https://github.com/sedenardi/zoomapi), a client of somebody else's, and ws, which knows nothing of Zoom, against the
// emulator: token, list and paging, errors; verification of webhooks and the answer to the challenge; WebSocket with the token.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import WebSocket from "ws";
import zoomapi from "zoomapi";
import { turnHTTPS } from "./turn.mjs";

const { EMULATOR, ACCOUNT, FROM, TO, LIVE, LIVE_ACCOUNT, HOOK_SECRET } = process.env;
const connect = (accountId, oauthClientSecret = "rivet-secret") =>
  zoomapi.default({ accountId, oauthClientId: "rivet-id", oauthClientSecret, webhookSecretToken: HOOK_SECRET });
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
async function until(what, ready, seconds = 30) {
  for (const end = Date.now() + seconds * 1000; !ready(); await pause(20)) assert.ok(Date.now() < end, `${what}: not within ${seconds} s`);
}

// REST
turnHTTPS(EMULATOR);
const still = connect(ACCOUNT);
const token = await still.oauth.GetServerToServerOAuthToken();
assert.equal(token.token_type, "bearer");
assert.equal(token.expires_in, 3600);
const meetings = { live: [], past: [] };
for (const type of ["live", "past"]) {
  for (let next_page_token; next_page_token !== ""; ) {
    const page = await still.metrics.GetMeetings({ type, from: FROM, to: TO, page_size: 4, next_page_token });
    assert.ok(page.meetings.length <= 4 && page.total_records >= page.meetings.length);
    assert.equal(page.page_count, Math.max(1, Math.ceil(page.total_records / 4)));
    meetings[type].push(...page.meetings);
    next_page_token = page.next_page_token;
    if (next_page_token === "") assert.equal(meetings[type].length, page.total_records);
  }
}
const all = [...meetings.live, ...meetings.past];
assert.equal(new Set(all.map((m) => m.uuid)).size, all.length);
assert.ok(meetings.live.length > 4 && meetings.past.length > 0);
const failsWith = (httpStatusCode, errorCode) => (error) => error.httpStatusCode === httpStatusCode && error.errorCode === errorCode;
await assert.rejects(still.metrics.GetMeetings({ type: "past", from: "nonsense", to: TO }), failsWith(400, 300));
await assert.rejects(still.meetings.GetMeeting("123"), failsWith(404, 2300)); // not one that the emulator has
await assert.rejects(connect(ACCOUNT, "wrong").metrics.GetMeetings({ from: FROM, to: TO }), (error) => error.httpStatusCode === 400 && /invalid_client/.test(error.response));
await assert.rejects(connect("another").oauth.GetServerToServerOAuthToken(), (error) => error.httpStatusCode === 400);

// Webhooks
turnHTTPS(LIVE);
const live = connect(LIVE_ACCOUNT);
const { access_token } = await live.oauth.GetServerToServerOAuthToken();
const count = { challenges: 0, good: 0, tampered: 0 };
const hook = createServer(async (request, response) => {
  let text = "";
  for await (const chunk of request) text += chunk;
  const webhook = JSON.parse(text);
  const answer = (status, body) => response.writeHead(status, { "content-type": "application/json" }).end(body && JSON.stringify(body));
  if (!live.webhooks.VerifyWebhookEvent({ webhook, headers: request.headers })) return answer(401);
  if (webhook.event === "endpoint.url_validation") {
    count.challenges++;
    return answer(200, live.webhooks.GetEndpointValidationResponse(webhook));
  }
  count.good++;
  if (!live.webhooks.VerifyWebhookEvent({ webhook: { ...webhook, event_ts: webhook.event_ts + 1 }, headers: request.headers })) count.tampered++;
  answer(204);
});
await new Promise((done) => hook.listen(0, "127.0.0.1", done));
const authorization = `Bearer ${access_token}`;
const path = `${LIVE}/v2/marketplace/app/event_subscription`;
const saved = await fetch(path, {
  method: "POST", headers: { authorization, "content-type": "application/json" },
  body: JSON.stringify({
    event_webhook_url: `http://127.0.0.1:${hook.address().port}/`, events: ["meeting.participant_qos", "meeting.participant_joined"],
    subscription_scope: "master_account", custom_header: { custom_header_type: 1, username: "zoom", password: "secret" },
  }),
});
assert.equal(saved.status, 201);
const { event_subscription_id } = await saved.json();
await until("webhooks", () => count.good > 100);
assert.equal(count.challenges, 1);
assert.equal(count.tampered, count.good, "a changed event passed");
assert.equal((await fetch(`${path}/${event_subscription_id}`, { method: "DELETE", headers: { authorization } })).status, 204);

// WebSocket: without a token of the REST side nobody is let in; with one come frames, the answer to a heartbeat, events.
const socket = (token) => {
  const ws = new WebSocket(`${LIVE.replace("http", "ws")}/ws?subscriptionId=qss&access_token=${token}`);
  ws.frames = [];
  ws.on("message", (data) => ws.frames.push(JSON.parse(data)));
  ws.on("close", (code) => (ws.code = code));
  return ws;
};
const intruder = socket("made-up");
await until("the refusal", () => intruder.code !== undefined);
assert.deepEqual(intruder.frames.map((f) => [f.module, f.success]), [["build_connection", false]]);
const ws = socket(access_token);
await until("the connection", () => ws.frames.length > 0);
assert.deepEqual([ws.frames[0].module, ws.frames[0].success], ["build_connection", true]);
ws.send(JSON.stringify({ module: "heartbeat" }));
const messages = () => ws.frames.filter((f) => f.module === "message");
await until("a heartbeat and events", () => ws.frames.some((f) => f.module === "heartbeat" && f.content === "live") && messages().length > 20);
for (const { content } of messages()) {
  const notification = JSON.parse(content);
  assert.ok(typeof notification.event === "string" && Number.isInteger(notification.event_ts) && notification.payload.object, content);
}
ws.terminate();
hook.closeAllConnections();
hook.close();
console.log(`zoomapi: ${all.length} meetings in pages, ${count.good} webhooks verified; ws: ${messages().length} events`);
