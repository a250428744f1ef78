// Package deliver brings alerts to people. It is Alertmanager's own code (dispatcher, inhibitor, silences, notification log,
// receivers), put together in this process, with Alertmanager's configuration syntax; and receivers that it does not have:
// ServiceNow, a signed webhook, syslog. Or it hands alerts over to an Alertmanager elsewhere. All wiring of Alertmanager's
// packages is in here: they promise no stable API.
//
// What it promises:
//   - Told once. Which group was told to whom is stored durably ([Memory]) right after each delivery, silences when they are
//     made: a process that is killed at any point neither loses nor repeats a message, but for one that was sent and not yet
//     noted. A stop waits a moment for such answers. After a start alerts are put again before anything is sent ([Options.Alerts]).
//   - A receiver that is dead delays no other. It is tried again until the alert's group has changed; nothing is dropped.
//   - Requests go nowhere inside unless allowed: the address that a name resolved to is checked when it is dialled, for
//     redirects, too ([Guard]).
//   - Secrets and addresses of receivers are in no log line and no error.
//
// [Deliverer.Put], the methods about silences and [Deliverer.Handler] may be called concurrently. What fails is a receiver's
// answer: it is told to [Options.Outcome] and tried again; only New returns errors. Times are wall time: people are told now.
//
// Tests run against real local receivers, in synctest bubbles over in-memory connections for anything that takes time.
package deliver
