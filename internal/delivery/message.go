package delivery

import "time"

// Bounds of what is posted.
const (
	// MaxBody bounds the body of a message or a hold, in bytes. Event Grid's
	// largest batch is 1 MB.
	MaxBody = 4 << 20
)

// Message is one POST to a webhook, until it is answered well or given up.
type Message struct {
	ID     string // event id, for records
	Policy string // name of a Policy given to New
	// Group is what Drop forgets together: the call connection of a callback,
	// the subscription of an Event Grid event. Empty: no group.
	Group string
	// Lane keeps order: a message waits for those of its lane before it, as
	// its policy says. Empty: the message waits for nothing.
	Lane   string
	URL    string
	Header map[string]string // static headers, journalled
	Body   []byte            // not to be changed once posted

	// Last marks the final message of its group: it waits for all the others,
	// for its policy's LastWait at most; what is undelivered then is dropped
	// and recorded. What is posted to the group after it is dropped too.
	Last bool
	// Release names holds that end with this message: from the moment that the
	// journal has it, they are not recovered.
	Release []string

	MaxAttempts int           // 0: the policy's
	TTL         time.Duration // counted from Post; 0: the policy's
	Note        string        // short text for records, such as "CallConnected"
}

// Hold is a promise that survives the process, such as a live connection.
type Hold struct {
	Key  string
	Body []byte
}

// Outcome is how an attempt ended, as its policy sees it.
type Outcome struct {
	Attempt    int           // attempts made so far, this one included; an unreachable destination's are not made, thus 0 is possible
	Status     int           // HTTP status; 0 where there was no answer
	Err        error         // why there was none
	RetryAfter time.Duration // what the answer asked for
	Latency    time.Duration // from the start of the attempt to its end
	Age        time.Duration // since the message was posted
	// Ended tells that the Last message of the group is posted, SinceEnd ago.
	Ended    bool
	SinceEnd time.Duration

	answer []byte // first bytes of the answer's body
}
