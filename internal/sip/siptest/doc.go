// Package siptest is a scripted phone over real sockets, for tests of anything
// that talks SIP: it calls, rings, answers, refuses, holds, presses keys, speaks
// and tells what it heard. On a script's wish it misbehaves: it loses messages,
// withholds its ACK or vanishes. It owns its sockets and goroutines, which end
// with Close. It shares no code with package sip, so that one error is not made
// twice. RFC 3261, 3264, 3550, 4733, as far as a simple phone goes.
package siptest
