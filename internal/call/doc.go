// Package call is the conversation: who is in it, who controls it, what goes
// on in it. A call has no goroutine of its own: who asks for something does it, and
// news are read by who brings them or by a goroutine made for them, one at a time, in
// turn (turn.go). Whose turn it is owns the call's participants, operations and states.
// Nothing here knows SIP, HTTP or JSON.
package call
