// Package backbone owns the NATS JetStream that everything durable stands on:
// streams for journals, buckets for collections. The server is embedded, has
// no port and lives in one directory, which one process at a time may open; or
// it is an external cluster, reached by its URL. Every write to the embedded
// one is on the disk when it returns (docs/architecture.md, "Events").
package backbone
