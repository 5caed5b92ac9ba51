// Package protocol is the text of the browser protocol: what clients and the server
// write to each other on their WebSocket (docs/browser-protocol.md). It owns the
// messages, which are generated from schema.json for Go and for TypeScript, and the
// frames around them. It has no state and knows no calls.
package protocol
