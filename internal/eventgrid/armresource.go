package eventgrid

// armResource is the Communication Services resource as ARM names it.
type armResource struct {
	subscription string
	group        string
	name         string
}

// id is the resource's id, in ARM's spelling.
func (a armResource) id() string {
	return "/subscriptions/" + a.subscription + "/resourceGroups/" + a.group +
		"/providers/Microsoft.Communication/communicationServices/" + a.name
}

// topic is the same id in the small letters that events carry.
func (a armResource) topic() string {
	return "/subscriptions/" + a.subscription + "/resourcegroups/" + a.group +
		"/providers/microsoft.communication/communicationservices/" + a.name
}
