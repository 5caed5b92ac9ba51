// Package history keeps records of what happened to deliveries, for people: the
// newest in memory, and all of them in an archive on disk, for a time. Losing
// the last second of them with the process is allowed; losing an event is not,
// and is package journal's business.
//
// It owns the ring buffer, the archive and its format, and the record of
// attempts, which `switchhook events attempts` shows.
package history
