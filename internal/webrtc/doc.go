// Package webrtc is browsers as legs of calls. It owns the clients, one for each session
// of package signalling, and their legs, whose sound is that of package media. It says
// what requests mean in calls, and tells clients what happens in theirs.
// docs/browser-protocol.md.
package webrtc
