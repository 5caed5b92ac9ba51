// Package server builds every piece of Switchhook and starts and stops them
// together. It owns the configuration (flags over environment over file over
// defaults), the data directory, and the identity of the resource that one
// server is: a GUID and two access keys.
package server
