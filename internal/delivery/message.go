package delivery

import "time"

// Bounds of what is posted.
const (
	// MaxBody bounds the body of a message or a hold, in bytes. Event Grid's
	// largest batch is 1 MB.
	MaxBody = 4 << 20
)

// Message is one POST to a webhook, or one delivery to another kind of
// destination, until it is answered well or given up.
type Message struct {
	ID     string // event id, for records
	Policy string // name of a Policy given to New
	// Group is what ForgetSubscription drops together: the call connection of a callback,
	// the subscription of an Event Grid event. Empty: no group.
	Group string
	// Lane keeps order: a message waits for those of its lane before it, as
	// its policy says. Empty: the message waits for nothing.
	Lane   string
	URL    string            // its scheme chooses the Sender: http and https are webhooks
	Header map[string]string // static headers, journalled
	// SecretHeaders names those whose values no record may repeat.
	SecretHeaders []string
	Body          []byte // not to be changed once posted
	Batch         Batch  // what it may share an attempt with

	// Last marks the final message of its group: it waits for all the others,
	// for its policy's LastWait at most; what is undelivered then is dropped
	// and recorded, but for messages that wait a minute at most for their turn at a
	// busy destination. What is posted to the group after it is dropped too.
	Last bool
	// Release names holds that end with this message: from the moment that the
	// journal has it, they are not recovered.
	Release []string

	// Bearer is the token that the policy's Prepare adds to each attempt; zero: none.
	Bearer Bearer
	// PerMinute is how many attempts a minute the destination has granted to the
	// group; 0: any number. The newest message's counts.
	PerMinute int

	// Delay is how long after Post the first attempt is made. A delayed message
	// goes beside its lane.
	Delay       time.Duration
	MaxAttempts int           // 0: the policy's
	TTL         time.Duration // counted from Post; 0: the policy's
	Note        string        // short text for records, such as "CallConnected"

	// DeadLetter is where the policy's Undelivered hook puts the message if it
	// is given up. Empty: nowhere.
	DeadLetter string
	// DeadLetterReason marks a message that is itself a dead letter: why the
	// event in it was given up.
	DeadLetterReason string

	// Event is for the metrics and the failure log of Event Grid; messages
	// without a subscription are in neither, and are not resent.
	Event Event
}

// isEvent reports whether a message is an event of a subscription, and not a
// dead letter or a notice.
func (m *Message) isEvent() bool { return m.Event.Subscription != "" && m.DeadLetterReason == "" }

// Bearer says of which tenant and for which audience a token must be.
type Bearer struct{ Tenant, Audience string }

// Event is what records say of the event in a message.
type Event struct {
	Subscription string    // the dimension EventSubscriptionName
	Schema       string    // of the delivery: EventGridSchema, CloudEventSchemaV1_0
	Type         string    // such as Microsoft.Communication.IncomingCall
	Time         time.Time // when it happened
}

// Batch lets messages with the same key, policy, group, URL and headers share
// one attempt when they are due at the same time. Nothing waits for a batch to
// fill. The zero Batch goes alone.
type Batch struct {
	Key         string
	MaxEvents   int // 1–5000, never exceeded
	PreferredKB int // 1–1024, of bodies together; a larger message goes alone
}

// Limits of a Batch, Event Grid's own.
const (
	MaxBatchEvents = 5000
	MaxBatchKB     = 1024
)
