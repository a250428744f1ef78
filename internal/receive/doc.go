// Package receive is the webhook endpoint: bound, verify, append, answer.
//
// The order is the whole design. A body is bounded before it is read, verified before anything is believed, on disk before
// it is acknowledged. What Zoom does with an answer decides what the answer is: it sends again only after 5xx and network
// errors, so every 4xx loses the event for good, and is given only where sending again cannot help.
//
//	signed by any secret, and durable (duplicates and unparseable bodies too)      200
//	journal full or slow, too much in flight, stopping, no secret loaded           503
//	signature absent or wrong                                                      401 and quarantine; 503 while everything fails
//	signed, but the timestamp is outside the window                                401 and quarantine; 503 while our clock is suspect
//	challenge                                                                      signature first, then the token's form, then 200
//	body over the limit                                                            413
//	body that breaks off, or takes too long to come                                503
//
// A [Handler] is safe for concurrent use. It keeps at most Options.MaxInFlightBytes of bodies in memory, of each what
// has come of it, and answers 503 beyond that. It logs nothing per request; its [Figures] count every answer, and received is always the sum of the others.
//
// Testing: the table above is a table test against a journal in memory; slow and hostile clients are tested over real sockets.
package receive
