package resource

// How Azure Resource Manager names the resource. A server has one, so its
// names are fixed; commands address the management routes by them.
const (
	ARMSubscription = "00000000-0000-0000-0000-000000000000"
	ARMGroup        = "switchhook"
	ARMName         = "switchhook"

	// ARMPath is the path of the resource, without a final slash.
	ARMPath = "/subscriptions/" + ARMSubscription + "/resourceGroups/" + ARMGroup +
		"/providers/Microsoft.Communication/communicationServices/" + ARMName
)
