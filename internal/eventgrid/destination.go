package eventgrid

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

// The kinds of destinations, by ARM's endpointType. The last three are ours.
const (
	kindWebHook      = "WebHook"
	kindStorageQueue = "StorageQueue"
	kindSubject      = "NatsSubject"
	kindFile         = "File"
	kindTail         = "Tail"
)

// Target is a destination that is no webhook: what its owner wrote. Where its
// deliveries go is Settings.Endpoint. The zero Target is a webhook's.
type Target struct {
	Kind       string `json:"kind"`                 // endpointType, "" for WebHook
	ResourceID string `json:"resourceId,omitempty"` // of a queue's storage account
	Queue      string `json:"queue,omitempty"`
	MessageTTL int64  `json:"messageTimeToLiveSeconds,omitempty"` // in the queue; -1: for ever, 0: the default
	Subject    string `json:"subject,omitempty"`
	File       string `json:"file,omitempty"`
}

// Destinations find the address at which the delivery engine knows a
// destination, or say why there can be none. What is nil is not offered.
type Destinations struct {
	Queue   func(account, queue string, ttl time.Duration) (url string, err error)
	Subject func(subject string) (url string, err error)
	File    func(name string) (url string, err error)
	Tail    func() (url string, err error)

	Bucket func(bucket string) (url string, err error) // of S3, for dead letters
}

// kindOfDestination puts what a request says of its destination into settings.
type kindOfDestination struct {
	name string
	put  func(destinationProperties, *Settings, rules) error
}

var kindsOfDestination = []kindOfDestination{
	{kindWebHook, destinationProperties.putWebhook},
	{kindStorageQueue, destinationProperties.putQueue},
	{kindSubject, destinationProperties.putSubject},
	{kindFile, destinationProperties.putFile},
	{kindTail, destinationProperties.putTail},
}

// insteadOf says what to use for the destinations of Azure that are not offered.
var insteadOf = map[string]struct{ name, use string }{
	"servicebusqueue":    {"ServiceBusQueue", "use StorageQueue, whose messages wait in a queue as well, or NatsSubject with a JetStream stream"},
	"servicebustopic":    {"ServiceBusTopic", "use NatsSubject with a JetStream stream, which has any number of readers, or one StorageQueue for each reader"},
	"eventhub":           {"EventHub", "use NatsSubject with a JetStream stream, which keeps events and lets each reader go through them"},
	"azurefunction":      {"AzureFunction", "use WebHook with the function's own address: https://APP.azurewebsites.net/runtime/webhooks/eventgrid?functionName=NAME&code=KEY"},
	"hybridconnection":   {"HybridConnection", "use WebHook with an address that this server reaches, or StorageQueue, which the application asks by itself"},
	"partnerdestination": {"PartnerDestination", "use WebHook with the partner's address"},
	"namespacetopic":     {"NamespaceTopic", "use NatsSubject"},
	"monitoralert":       {"MonitorAlert", "use WebHook with the address of what raises the alert"},
}

// putDestination replaces the destination as a whole, if one is given.
func (r settingsRequest) putDestination(s *Settings, with rules) error {
	if r.Destination == nil {
		if s.Endpoint == "" {
			return fault.Invalid("properties.destination is missing: give endpointType WebHook and properties.endpointUrl")
		}
		return nil
	}
	asked := r.Destination.EndpointType
	for _, kind := range kindsOfDestination {
		if strings.EqualFold(asked, kind.name) {
			if err := r.Destination.Properties.refuseQueueMembers(kind.name); err != nil {
				return err
			}
			next := *s
			next.Endpoint, next.Attributes, next.Entra, next.Batch, next.Target = "", nil, Entra{}, Batch{}, Target{}
			if err := kind.put(r.Destination.Properties, &next, with); err != nil {
				return err
			}
			*s = next
			return nil
		}
	}
	if instead, known := insteadOf[strings.ToLower(asked)]; known {
		return fault.Unsupported("destination.endpointType %s is not supported: %s", instead.name, instead.use)
	}
	return fault.Invalid("destination.endpointType is %q; it must be %s", clip(asked, 40), kindNames())
}

func kindNames() string {
	var names []string
	for _, kind := range kindsOfDestination {
		names = append(names, kind.name)
	}
	return strings.Join(names, ", ")
}

// notOffered refuses a kind of destination that this server was not given.
func notOffered(kind string) error {
	return unoffered("destination.endpointType "+kind, "use WebHook")
}

// isWebhook reports whether the destination has to consent.
func (s Settings) isWebhook() bool { return s.Target.Kind == "" }

// shown names the destination in answers, logs and problems, without secrets.
func (s Settings) shown() string {
	switch s.Target.Kind {
	case kindStorageQueue:
		account, _ := storageAccount(s.Target.ResourceID)
		return "the storage queue " + s.Target.Queue + " of " + account
	case kindSubject:
		return "the NATS subject " + s.Target.Subject
	case kindFile:
		return "the file " + s.Target.File
	case kindTail:
		return "the tail"
	}
	return baseURL(s.Endpoint)
}

// reachTime bounds the question whether a destination is there.
const reachTime = 10 * time.Second

// reach asks a destination that gives no consent whether it is there: who
// subscribes a queue that does not exist should know at once.
func (g *Grid) reach(s Settings) error {
	if s.isWebhook() || g.cfg.Reach == nil {
		return nil
	}
	ctx, cancel := context.WithTimeoutCause(g.life, reachTime, fmt.Errorf("no answer within %s", reachTime))
	defer cancel()
	if err := g.cfg.Reach(ctx, s.Endpoint); err != nil {
		return fault.Invalid("%s cannot be used: %s", s.shown(), err.Error()).WithCode("InvalidRequest")
	}
	return nil
}
