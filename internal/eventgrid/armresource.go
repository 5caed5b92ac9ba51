package eventgrid

import (
	"net/http"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
)

// armResource is the Communication Services resource as ARM names it.
type armResource struct {
	subscription string
	group        string
	name         string
}

// eventSubscriptionType is what ARM calls an event subscription.
const eventSubscriptionType = "Microsoft.EventGrid/eventSubscriptions"

// The path of all event subscriptions of a resource. The router compares its
// words without regard to case, as ARM does.
const armPath = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}" +
	"/providers/Microsoft.Communication/communicationServices/{resource}/providers/" + eventSubscriptionType

// id is the resource's id, in ARM's spelling.
func (a armResource) id() string {
	return "/subscriptions/" + a.subscription + "/resourceGroups/" + a.group +
		"/providers/Microsoft.Communication/communicationServices/" + a.name
}

// pathOf is a subscription's own id, which is also its path.
func (a armResource) pathOf(sub Subscription) string {
	return a.id() + "/providers/" + eventSubscriptionType + "/" + sub.Name
}

// topic is the same id in the small letters that events carry.
func (a armResource) topic() string {
	return "/subscriptions/" + a.subscription + "/resourcegroups/" + a.group +
		"/providers/microsoft.communication/communicationservices/" + a.name
}

// check refuses a request that is meant for another resource.
func (a armResource) check(r *http.Request) error {
	if strings.EqualFold(r.PathValue("subscriptionId"), a.subscription) &&
		strings.EqualFold(r.PathValue("resourceGroup"), a.group) && strings.EqualFold(r.PathValue("resource"), a.name) {
		return nil
	}
	return fault.NotFound("this server's resource is %s; its event subscriptions are below %[1]s/providers/%s", a.id(), eventSubscriptionType).WithCode("ResourceNotFound")
}
