// Package daemon puts the processes together: it is the only package that knows them all. [Monitor] is the monitor process;
// [Supervisor] runs receiver and monitor as children; [Demo] runs both beside Zoom's emulator.
//
// # Start and end
//
// A monitor opens its stores, then its listeners, then starts the pipeline: a port that is taken fails before an event is
// folded, with new stores and the admin's password already there. It ends in reverse: no new requests, event streams closed, the pipeline's last batch, the stores. Anything that
// fails ends the process with an error that names the step; the supervisor starts it again.
//
// # What is in the data folder
//
//	journal/  journal.sock            the receiver's
//	facts/    registry/               the monitor's stores
//	fold.snapshot  rebuild.json       the fold's
//	identity.key                      the key that ids are made with: without it, the same people get other ids
//	graded-by.json                    the rules that the stored minutes are graded by
//	exports/NAME/                     how far a destination has come, and what it refused
//	backups/YYYY-MM-DD                nightly copies, the newest seven
//	monitor.sock                      for earshot backup and earshot restore
//	restore/                          a restore that the next start of the monitor carries out
//	admin-password                    written at the first start
//
// Everything is readable by its owner only. The package is tested with the built binary.
package daemon
