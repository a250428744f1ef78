// Package statuspage is the emulator's page for a browser: who is in what, what goes wrong and what is done about it, what was
// delivered to whom, and the newest lines of the log. Troubles can be started and stopped by hand, and a subscription that was
// disabled can be enabled again.
//
// It is plain HTML without scripts, which reloads itself every five seconds; its state is in the address. It shows no secrets
// and has no login: it belongs on a loopback address, where the people in it, who do not exist, are safe. Requests that change
// something are refused when a browser says that another site sent them.
//
// [Handler] may be used concurrently and changes nothing by itself. While no world is running the page says so and shows the
// rest. Tests: page_test.go drives the handler over a small world.
package statuspage
