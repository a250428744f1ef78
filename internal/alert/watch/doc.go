// Package watch is the shell around alerts: it feeds an [alert.Engine] with what Earshot sees, keeps its state in the registry,
// gives what it raises to package deliver, and answers the API's questions about all of it.
//
// What it promises:
//   - A changed incident is looked at within half a second of [Watcher.Tell]; minutes every two seconds, health every five.
//   - What was raised is stored before it is sent, and sent again after a start until the receivers have it.
//   - While the monitor catches up with a backlog, only Earshot's own health is looked at: what was over before it was seen is
//     told to nobody. A rebuild never tells anything: it does not come through Tell.
//
// One goroutine, Run's, owns the engine. Everything else may be called concurrently. A store that does not answer is logged
// and asked again at the next look. Tests feed it incidents and read what comes out at a deliverer's receivers.
package watch
