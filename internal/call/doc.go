// Package call is the conversation: who is in it, who controls it, what goes
// on in it. Each call has one goroutine that reads the news of it; who asks for
// something does it in that goroutine's place, in turn. Whose turn it is owns the
// call's participants, operations and states. Nothing here knows SIP, HTTP or JSON.
package call
