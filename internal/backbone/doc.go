// Package backbone is the NATS JetStream that most of what is durable is stored on:
// key-value buckets for collections, streams for histories. The server is embedded
// and stores in one directory, which one process at a time may open. It has no port, unless a
// Listener lets NATS clients on this machine take events from it. Every write
// is on disk when it returns (docs/architecture.md, "What survives").
package backbone
