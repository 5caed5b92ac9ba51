// Package delivery posts events to webhooks: in order within a lane, retried
// by its policy's rules, at least once even if the process is killed. One
// goroutine schedules everything in memory; a journal remembers it. An event is
// accepted when the journal has it on disk, and delivered only then.
//
// It owns the journal, the HTTP client of webhooks and the record of attempts.
// It obeys docs/architecture.md, "Events"; the Event Grid policy obeys
// https://learn.microsoft.com/azure/event-grid/delivery-and-retry.
package delivery
