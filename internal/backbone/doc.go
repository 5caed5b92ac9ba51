// Package backbone owns the NATS JetStream that everything durable stands on:
// streams for journals, buckets for collections. The server is embedded and
// lives in one directory, which one process at a time may open; or it is an
// external cluster, reached by its URL. The embedded one has no port, unless a
// Door lets programs of this machine take events from it. Every write to the
// embedded one is on the disk when it returns (docs/architecture.md, "What survives").
package backbone
