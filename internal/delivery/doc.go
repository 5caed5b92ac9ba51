// Package delivery is the scheduler of deliveries: it posts messages to webhooks,
// and hands them to other senders, in order within a lane, retried by the rules
// of their policies, at least once even if the process is killed. One goroutine
// schedules everything in memory. A message is accepted when package journal has
// it on disk, and is sent only then.
//
// It owns lanes, queues, retries, circuit breakers, rate limits and batches, and
// the HTTP client of webhooks. What is on disk is journal's, the record of
// attempts history's; policies and other senders are the publishers'. It obeys
// docs/architecture.md, "Inside delivery" and "What survives".
package delivery
