// Package insight keeps what is needed to see into a call: one timeline for each,
// with the requests of applications and their answers, operations and events, every
// attempt to deliver an event, the SIP messages of all legs, measures of sound, and
// log lines. It names the reason of a failure in a sentence. Time and budgets in
// memory and on disk bound what it keeps; calls that are over survive a restart.
//
// The packages that it looks into know nothing of it: each declares the small
// interface by which it is observed. What they give is taken under one lock that is
// held around memory alone, and rendered when somebody asks.
package insight
