// Package emulator is Zoom's side of Quality of Service Subscription, for developing and testing whatever receives it.
//
// It makes a company, with people from many places, homes and offices, lines and Wi-Fi, room systems and telephones, lets them
// meet and call, computes what every participant's audio, video and screen sharing would measure, and sends the webhooks that
// Zoom would send: signed, with its headers, its 3 s deadline, its retries and its challenge. No Zoom account is needed, and
// nothing here refers to a living person or a public network: addresses are from the documentation ranges.
//
// # Parts
//
//   - [World] is what happens: pure, seeded, stepped by simulated time, without I/O, clock or goroutine. The same [Options] give
//     the same bodies in the same order, byte for byte, whatever the machine's load (on one processor architecture: floating
//     point differs in the last bit between them).
//   - [Emulator] paces a world and sends it; its Events and Generate give the same traffic in process.
//   - [Sender] delivers: concurrency, deadline, retries, challenge, counters and an optional ledger for crash tests.
//   - [Subscriptions] are several of them, each with its own target, selection, headers and challenge; [WebSocket] is the other
//     way to be delivered to. [DeliveryFault] and [Quirk] make deliveries and bodies as bad as life makes them.
//   - [Stage] is for tests of a receiver: time passes when the test says so, and nothing sleeps.
//
// # What is modelled
//
// Every element that people share, an office's line, an access point, a provider, the VPN, a data centre, has one state per
// step of six seconds, and whoever crosses it reads that state; either direction has its own. So a full line shows for
// everybody in that office and nobody else, a loaded uplink shows in what is sent, and what one person sends badly all others
// receive badly. [Trouble] makes things go wrong on purpose; [World.Truth] tells who
// felt it, [LoadScenario] reads a whole story. Most minutes are clean,
// losses come in bursts, senders adapt, muted streams are empty rather than zero. All numbers are defaults of a model: Zoom
// publishes none.
//
// # Failure and concurrency
//
// New reports everything that is wrong with the options together. A World serves one goroutine. A Sender may be used by many.
// Run ends without error when its time or context does; deliveries that fail are counted, not returned. The secret never
// appears in logs or errors.
//
// To test a receiver of your own, see the example; to test against a schedule of faults, set Options.Troubles and Calm.
package emulator
