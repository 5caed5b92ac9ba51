// Package call is the conversation: who is in it, who controls it, what goes
// on in it. Each call has one goroutine that owns its participants, operations
// and states; commands wait for that goroutine, news only queue for it. Nothing
// here knows SIP, HTTP or JSON.
package call
