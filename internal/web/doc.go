// Package web is everything that a browser talks to: the built UI, sessions, headers, and the API behind a login.
//
// What it guarantees:
//   - Login is always on. Only the UI's own files (which hold no data), the login itself and the health checks answer
//     without a session or the bearer token; everything below /api/ and /metrics is refused by default, so that a route
//     which somebody adds later is closed until it is opened here.
//   - A session is bound to its user as they were: one whose user is gone, or whose password or role changed since, is worth nothing, and
//     its event streams and downloads end at once. It ends after 12 idle hours, and after 7 days in any case. Logging in always
//     makes a new token.
//   - Who may do what is one table, in docs/operating.md; a test holds it against every route.
//   - Requests that change something are refused when a browser says that another site sent them
//     ([http.CrossOriginProtection]); the cookie is HttpOnly, SameSite=Lax and, over TLS, Secure with the prefix __Host-.
//   - Guessing is slow: five attempts a minute for each name and address, twenty for each address, in bounded memory.
//   - Pages may load nothing from elsewhere and nothing inline (Content-Security-Policy); names that people choose cannot
//     become code.
//   - Passwords, tokens, cookies and query strings are never logged.
//
// The binary carries the UI from dist/. Without it the page says how to build it.
//
// [Server.Handler] may be used concurrently; the daemon owns the http.Server, its limits and TLS. Tests drive
// the handler over HTTP with a real registry; the authorization matrix is made from the API's own list of routes.
package web
