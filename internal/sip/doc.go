// Package sip brings phones into calls: it turns SIP dialogs into legs, and
// legs into SIP dialogs. It owns the SIP listeners and, for each leg, one
// goroutine that owns the dialog; sipgo gives connections and the types of messages.
// Sub-package header reads and writes header fields, parse reads messages that came over
// UDP, gate decides who may come in, transaction carries requests and responses. RFC 3261, 3264, 3326, 3581, 6026, 6086.
//
// A message is read, matched and given to its leg on the goroutine that reads its socket
// or connection. What may have to wait goes on a goroutine of its own: a request outside a
// dialog, of which an INVITE becomes the goroutine of its leg, and a description that
// names a host, which what came later waits for (inturn.go).
package sip
