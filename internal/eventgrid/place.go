package eventgrid

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
)

// place is where ARM has event subscriptions: below the resource itself, or
// below the system topic of its events. Both show the same ones.
type place struct {
	path string // of the list
	kind string // of what is in it
}

// What ARM calls event subscriptions in their two places, and the topic of one.
const (
	eventSubscriptionType = "Microsoft.EventGrid/eventSubscriptions"
	systemTopicType       = "Microsoft.EventGrid/systemTopics"
	topicSubscriptionType = systemTopicType + "/eventSubscriptions"
)

// The paths of all event subscriptions of a resource. The router compares their
// words without regard to case, as ARM does.
const (
	groupPath       = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/"
	resourcePath    = groupPath + "Microsoft.Communication/communicationServices/{resource}/providers/" + eventSubscriptionType
	systemTopicPath = groupPath + systemTopicType + "/{topic}"
	topicPath       = systemTopicPath + "/eventSubscriptions"
)

// scope is the resource as the one place of its subscriptions.
func (a armResource) scope() place {
	return place{a.id() + "/providers/" + eventSubscriptionType, eventSubscriptionType}
}

// validTopic is what ARM takes as the name of a system topic.
var validTopic = regexp.MustCompile(`^[A-Za-z0-9-]{3,128}$`)

// placeOf is the place that a request names, or why it is none of this server.
// The resource has one system topic: it answers to every name, so that scripts
// keep theirs.
func (a armResource) placeOf(r *http.Request) (place, error) {
	ours := strings.EqualFold(r.PathValue("subscriptionId"), a.subscription) && strings.EqualFold(r.PathValue("resourceGroup"), a.group)
	topic := r.PathValue("topic")
	switch {
	case !ours || topic == "" && !strings.EqualFold(r.PathValue("resource"), a.name):
		return place{}, fault.NotFound("this server's resource is %s; its event subscriptions are below %[1]s/providers/%s", a.id(), eventSubscriptionType).WithCode("ResourceNotFound")
	case topic == "":
		return a.scope(), nil
	case !validTopic.MatchString(topic):
		return place{}, fault.Invalid("system topic name %q must be 3 to 128 letters, digits and hyphens", clip(topic, 100))
	}
	return place{a.topicPath(topic) + "/eventSubscriptions", topicSubscriptionType}, nil
}

// topicPath is the id of a system topic.
func (a armResource) topicPath(topic string) string {
	return "/subscriptions/" + a.subscription + "/resourceGroups/" + a.group + "/providers/" + systemTopicType + "/" + topic
}

// of is a subscription's own id there, which is also its path.
func (p place) of(sub Subscription) string { return p.path + "/" + sub.Name }
