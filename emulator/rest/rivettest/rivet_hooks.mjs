// Zoom's own receivers (@zoom/rivet: HttpReceiver and AwsLambdaReceiver) against the emulator's webhooks. A subscription is saved
// through Zoom's API, by rivet, while rivet answers the challenge; then rivet verifies every signature, over JSON.stringify of what it
// parsed, which therefore must be what was sent, byte for byte. A receiver with another secret is not saved, and refuses what comes.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { AccountsS2SAuthClient } from "@zoom/rivet/accounts";
import { MarketplaceS2SAuthClient } from "@zoom/rivet/marketplace";
import { AwsLambdaReceiver, MeetingsS2SAuthClient } from "@zoom/rivet/meetings";
import { turnAxios } from "./turn.mjs";

const { LIVE, LIVE_ACCOUNT, HOOK_SECRET } = process.env;
turnAxios(LIVE);
console.debug = () => {}; // AwsLambdaReceiver prints every event

const credentials = { clientId: "rivet-id", clientSecret: "rivet-secret", accountId: LIVE_ACCOUNT, baseUrl: `${LIVE}/v2` };
const marketplace = new MarketplaceS2SAuthClient({ ...credentials, disableReceiver: true }).endpoints.app;
const dashboards = new AccountsS2SAuthClient({ ...credentials, disableReceiver: true }).endpoints.dashboards;
const twice = (id) => encodeURIComponent(encodeURIComponent(id));
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// until waits for something to become true.
async function until(what, ready, seconds = 60) {
  for (const end = Date.now() + seconds * 1000; !(await ready()); await pause(50)) {
    assert.ok(Date.now() < end, `${what}: not within ${seconds} s`);
  }
}

// What rivet's types have as required, and the one product that it has no types for.
const head = { uuid: "string", host_id: "string", type: "number", duration: "number" };
const whole = { ...head, id: "string", topic: "string", start_time: "string" };
const person = { user_id: "string", email: "string" };
const shapes = {
  "meeting.started": [whole],
  "meeting.ended": [{ ...whole, end_time: "string" }],
  "meeting.participant_joined": [head, { ...person, user_name: "string", join_time: "string" }],
  "meeting.participant_left": [whole, { ...person, leave_time: "string" }],
  "meeting.participant_qos": [{ uuid: "string" }, { ...person, participant_user_id: "string" }],
  "meeting.participant_qos_summary": [{ uuid: "string" }, { participant_id: "string", user_name: "string", id: "string", email: "string" }],
  "meeting.participant_data": [{ uuid: "string" }, { participant_id: "string" }],
  "webinar.participant_joined": [{ ...whole, timezone: "string" }, { ...person, user_name: "string", id: "string", join_time: "string" }],
  "webinar.participant_qos": [{ uuid: "string" }, person],
};

const kinds = new Set(); // of streams and the like

function typed(object, shape, where) {
  for (const [key, type] of Object.entries(shape)) assert.equal(typeof object?.[key], type, `${where}.${key}`);
}

function check({ event, event_ts, payload }) {
  assert.ok(Number.isInteger(event_ts) && Math.abs(event_ts - Date.UTC(2026, 10, 12, 9)) < 86_400_000, `${event}: event_ts ${event_ts}`);
  assert.equal(payload.account_id, LIVE_ACCOUNT, `${event}: the subscription is for one account`);
  const [object, participant] = shapes[event];
  typed(payload.object, object, event);
  if (participant) typed(payload.object.participant, participant, `${event}.participant`);
  for (const key of Object.keys(payload.object)) if (key.endsWith("_time")) assert.ok(Date.parse(payload.object[key]) > 0, `${event}.${key}`);
  if (event.endsWith("participant_qos")) {
    const { qos } = payload.object.participant;
    assert.ok(qos.length > 0, event);
    for (const one of qos) {
      typed(one, { date_time: "string", type: "string", details: "object" }, `${event}.qos`);
      for (const [key, value] of Object.entries(one.details)) assert.equal(typeof value, "string", `${event}.qos.${one.type}.${key}`);
    }
    for (const { type } of qos) kinds.add(type);
    assert.ok(qos.some(({ type }) => /^audio_(input|device_to_(crc|rwg))$/.test(type)), `${event}: ${qos.map((one) => one.type)}`);
  }
}

// receive starts rivet's own receiver with a secret.
async function receive(webhooksSecretToken, port = 0) {
  const client = new MeetingsS2SAuthClient({ ...credentials, webhooksSecretToken, port });
  const server = await client.start();
  return { client, server, url: `http://127.0.0.1:${server.address().port}/zoom/events` };
}

const subscription = (url, more = {}) => ({
  event_webhook_url: url, events: Object.keys(shapes), event_subscription_name: "rivet", subscription_scope: "account", account_id: LIVE_ACCOUNT, ...more,
});
const save = async (body) => (await marketplace.createEventSubscription({ body })).data.event_subscription_id;

// Wrong secret, nobody there, wrong path: not saved.
const stranger = await receive("another secret");
const refused = /404\/1701.*The event webhook url validate failed/;
await assert.rejects(save(subscription(stranger.url)), refused);
await assert.rejects(save(subscription("http://127.0.0.1:1/zoom/events")), refused);
const own = await receive(HOOK_SECRET);
await assert.rejects(save(subscription(own.url.replace("events", "event"))), refused);
await assert.rejects(save(subscription(own.url, { events: ["qss.alert"] })), /404\/1601/);

// The right one: saved, delivered, verified.
const seen = {};
const failures = [];
let newest;
for (const event of Object.keys(shapes)) {
  own.client.webEventConsumer.event(event, (notification) => {
    seen[event] = (seen[event] ?? 0) + 1;
    if (event === "meeting.participant_qos") newest = notification;
    try {
      check(notification);
    } catch (error) {
      failures.push(error);
    }
  });
}
const id = await save(subscription(own.url));
const types = ["audio_input", "audio_output", "video_input", "video_output", "as_input", "as_output", "cpu_usage", "wifi_rssi", "audio_quality"];
const everything = () => Object.keys(shapes).every((event) => seen[event] > 0) && types.every((type) => kinds.has(type));
await until("every event", () => everything() && seen["meeting.participant_qos"] > 200).catch((error) => {
  throw new Error(`${error.message}; seen ${JSON.stringify(seen)} with ${[...kinds]}`);
});
assert.deepEqual(failures.slice(0, 3), []);

// What the webhook said, REST says: the meeting, and in it the participant. Who reported last may have left meanwhile, and be the last
// of a meeting, so another report is looked at then.
const ask = (what, path, query) => what({ path, query: { ...query, type: "live" } }).catch(() => what({ path, query: { ...query, type: "past" } }));
let participant, found;
await until("who reports, in the meeting", async () => {
  const { uuid, participant: one } = newest.payload.object;
  const path = { meetingId: twice(uuid) };
  assert.equal((await ask(dashboards.getMeetingDetails, path)).data.uuid, uuid);
  const { data } = await ask(dashboards.listMeetingParticipants, path, { page_size: 300 });
  participant = one;
  return (found = data.participants.find(({ user_id }) => user_id === one.user_id));
}, 10);
assert.equal(found.id, participant.participant_user_id);

// Rivet's second receiver stands behind a server of our own. Its secret changes after it was saved: all is refused, nothing is tried again.
let lambda = new AwsLambdaReceiver({ webhooksSecretToken: HOOK_SECRET });
const answers = {};
const front = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { statusCode, body } = await lambda.start()({ body: Buffer.concat(chunks).toString(), headers: request.headers, isBase64Encoded: false }, {});
  answers[statusCode] = (answers[statusCode] ?? 0) + 1;
  if (statusCode === 400) assert.deepEqual(JSON.parse(body), { error: "Failed to verify event originated from Zoom." });
  response.writeHead(statusCode, { "content-type": "application/json" }).end(body);
});
await new Promise((done) => front.listen(0, "127.0.0.1", done));
const frontURL = `http://127.0.0.1:${front.address().port}/`;
const second = await save(subscription(frontURL, { events: ["meeting.participant_qos"], subscription_scope: "master_account" }));
await until("events for the second receiver", () => answers[200] > 50);
assert.equal(answers[400], undefined);
lambda = new AwsLambdaReceiver({ webhooksSecretToken: "another secret" });
await until("refusals", () => answers[400] > 20);

// logsOf follows the pages of the failures, which are the default, and picks a subscription's that were answered: on a machine that is
// busy otherwise, rivet may take longer than Zoom's three seconds, which is nobody's mistake.
async function logsOf(subscription) {
  const all = [];
  for (let next_page_token; next_page_token !== ""; ) {
    const query = { event: "meeting.participant_qos", page_size: 300, ...(next_page_token && { next_page_token }) };
    const { data } = await marketplace.getWebhookLogs({ path: { appId: "rivet-app" }, query });
    all.push(...data.webhook_logs.filter((log) => log.subscription_id === subscription && log.status !== -1));
    next_page_token = data.next_page_token;
    assert.ok(all.length < 10_000, "logs without end");
  }
  return all;
}
const failed = await logsOf(second);
assert.ok(failed.length > 10, `webhook_logs has ${failed.length} of ${answers[400]} refusals`);
for (const log of failed) assert.equal(log.status, 400);
assert.equal(new Set(failed.map((log) => log.request_id)).size, failed.length, "what was refused was tried again");
assert.equal(JSON.parse(failed[0].request_body).event, "meeting.participant_qos");
assert.deepEqual(await logsOf(id), [], "something of the first subscription was refused");

// Listed, changed, ended.
const list = async () => (await marketplace.getUserOrAccountEventSubscription({ query: { account_id: LIVE_ACCOUNT } })).data.event_subscriptions;
assert.deepEqual((await list()).map((one) => one.event_subscription_id).sort(), [id, second].sort());
const user_ids = [participant.participant_user_id].filter(Boolean);
await marketplace.subscribeEventSubscription({ path: { eventSubscriptionId: id }, body: { account_id: LIVE_ACCOUNT, user_ids } });
await marketplace.deleteEventSubscription({ path: { eventSubscriptionId: second } });
await marketplace.unsubscribeAppEventSubscription({ query: { event_subscription_id: id, account_id: LIVE_ACCOUNT } });
assert.deepEqual(await list(), []);
const total = () => Object.values(seen).reduce((sum, n) => sum + n, 0);
const before = total();
await pause(300);
assert.equal(total(), before, "something came after the end");

for (const server of [own.server, stranger.server, front]) server.closeAllConnections(), server.close();
console.log(`rivet: ${before} webhooks of ${Object.keys(seen).length} kinds verified, ${answers[200]} by the second receiver; ${answers[400]} refused with another secret`);
