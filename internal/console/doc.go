// Package console serves the console: a page below /console that shows what the
// server does and changes what an administrator may change. It owns the sessions of
// the people who look at the page: their one-time links, their sign-in by a signature
// or by an OpenID Connect issuer, their cookies and their tokens against forged
// requests (CSRF). The page itself is built from web/console. What it asks for, it
// asks of the APIs, which this package hands its requests to (api.go).
package console
