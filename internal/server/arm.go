package server

// How Azure Resource Manager names the resource. There is one on a server, so
// its names are fixed; commands address the management routes by them.
const (
	ARMSubscription = "00000000-0000-0000-0000-000000000000"
	ARMGroup        = "switchhook"
	ARMName         = "switchhook"

	// ARMResource is the path of the resource, without a final slash.
	ARMResource = "/subscriptions/" + ARMSubscription + "/resourceGroups/" + ARMGroup +
		"/providers/Microsoft.Communication/communicationServices/" + ARMName
)
