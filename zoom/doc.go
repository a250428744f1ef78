// Package zoom is the wire protocol of Zoom's notifications: it reads what Zoom sends to a webhook or a WebSocket, checks
// that it was Zoom who sent it, and answers the challenge. It is made for the Quality of Service Subscription (QSS), which
// reports once a minute how every participant's audio, video and sharing fare, and for the events that give those reports a
// context: meetings, webinars and sessions that start and end, people who join and leave, calls, alerts.
//
// It does no I/O, starts no goroutine, reads no clock and needs nothing but the standard library. It tolerates what Zoom
// changes and what Zoom's documents contradict each other in; what it does not know, it counts. The sources are Zoom's
// references:
//
//   - events: https://developers.zoom.us/docs/api/qss/events/, https://developers.zoom.us/docs/api/meetings/events/,
//     https://developers.zoom.us/docs/api/phone/events/, https://developers.zoom.us/docs/api/video-sdk/events/ and
//     https://developers.zoom.us/docs/api/rooms/events/
//   - delivery, signature, challenge: https://developers.zoom.us/docs/api/webhooks/
//   - the meaning of the details: https://developers.zoom.us/docs/api/qss/
//
// # Receiving
//
// A receiver takes four steps, in this order (the example of [Verifier] is a whole handler):
//
//  1. Read the body, bounded. Keep its bytes: the signature is over them, not over the JSON in them.
//  2. [Verifier.VerifyHeader] with the app's Secret Token, and, if old notifications matter, [CheckTimestamp].
//  3. [Decoder.Decode] into an [Event].
//  4. Answer a challenge (ClassURLValidation) with [Answer]; answer anything else with 200 once it is stored.
//
// Zoom waits 3 seconds. It repeats a notification after 5, 25 and 85 minutes if the status was 500 or more, and never if it
// was less: a 401, 413 or 429 loses the notification for good, so a busy receiver says 503. Delivery is at least once and in
// no particular order; [HeaderRequestID] is said to be the same in all attempts, but it is not signed.
//
// # Events
//
// [Event.Class] says what a notification tells, [Event.Family] of what; [Classify] is the table. [QSSEvents] returns the 14
// names of the subscription itself:
//
//	                       meeting. and webinar.       session. (Video SDK)   phone.
//	once a minute          participant_qos             user_qos               call_qos (every few seconds)
//	when someone leaves    participant_qos_summary     user_qos_summary       call_qos_summary (when the call ends)
//	when a device changes  participant_data            user_data
//	when someone leaves    participant_data_summary    user_data_summary
//
// The others that are read: started, ended, participant_joined and participant_left (with breakout rooms), participant_bind,
// alert; session.user_joined and session.user_left; zoomroom.alert and zoomroom.delayed_alert; phone.caller_ringing,
// caller_connected and caller_ended, callee_ringing, callee_answered and callee_ended; endpoint.url_validation. Some 200
// more are known by name only (ClassNeighbour).
//
// QoS and data events identify the meeting by [Meeting].UUID alone: number, topic and host come from started, joined and
// (sometimes) summary events. The person's key within it is [Participant].InMeetingID, which Zoom calls user_id, participant_id
// or id, depending on the event; it is new after every rejoin. Guests have no [Participant].ZoomUserID and no Email.
//
// Never assume a cadence: accounts differ between one report and six in a minute, and reports get lost.
//
// # Absence
//
// Zoom sends "" for a stream that is idle, omits keys, and writes "0*0" where there is no picture. All of that is an absent
// [Quantity], not 0: a muted microphone has no loss, which is another thing than a loss of 0 %. In the same way a time of 0, a
// [Level] of 0 and an empty string mean "not said". Where Zoom says "0 ms", the quantity is present and 0.
//
// Quantities are in one unit per kind: kbps, ms, percent (0 to 100), frames a second, pixels, dBm. See [ParseQuantity].
//
// # Lenience and drift
//
// Zoom adds fields every few months, and its examples do not always fit its schemas. So every key is read in every type of
// entry; numbers may be strings and strings numbers; data, qos and call_qos may be an object or an array; the quality may be
// plain or wrapped in an object; dates may be malformed. Whatever does not fit leaves its field absent, never fails the event
// and is listed in [Event.Unknown], so that drift can be counted and shown. Only a body that is no JSON object is an error.
//
// # Direction
//
// Do not take audio_input for what a person hears, nor for what they say, without asking. Zoom's QSS reference for meetings
// says that audio_input is the data that the client received, its references for webinars, for the Video SDK and for the
// Dashboard say that it is what the participant sent; for video, some say "sent" of both. No document settles it, so this
// package keeps the type as it came ([QoS].Type). All agree that as_input is what the participant shares, and nearly all that
// *_from_crc and *_from_rwg is sent by the participant behind that gateway and *_to_* received.
//
// Latency is measured by a time stamp that travels to the receiver and back, through both programs: a round trip, not a
// one-way delay.
//
// # Signatures
//
// The header [HeaderSignature] is "v0=" and HMAC-SHA256, in hexadecimal, of "v0:", the text of [HeaderTimestamp], ":" and the
// body. The key is the app's Secret Token; a [Verifier] takes several. The challenge has the token that Zoom chose "encrypted"
// with the same key: HMAC-SHA256 again. An endpoint that did that to any text would sign forged notifications on demand, so
// [Answer] takes nothing with a colon in it, and challenges have to be signed like everything else.
//
// Zoom can send a credential of one's own beside the signature, which adds little, and sent a verification token before there
// were signatures: see [Credential].
//
// # Privacy
//
// Notifications are full of personal data: names, addresses of mail and network, computers' names. No error of this package
// quotes any of it, and a [Secret] shows itself nowhere. [Event.Unknown] has keys and unknown types, not values.
//
// # Concurrency and cost
//
// A [Decoder] belongs to one goroutine. Everything else may be shared: Signer, Verifier, Credential and the functions. Reading
// an ordinary report of 1.6 KB takes about 4 µs and 3 allocations, checking its signature 1.4 µs and none. What a body can
// cost is bounded by [MaxDepth], [MaxEntries] and [MaxUnknown]; its length is for the caller to bound.
//
// # Testing
//
// testdata holds a sample of every documented shape, the golden result of each, and test vectors for signatures. go test
// -update writes the golden files anew. FuzzDecode compares with encoding/json.
package zoom
