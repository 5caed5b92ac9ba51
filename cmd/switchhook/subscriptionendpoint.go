package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// endpointTypes are those that --endpoint-type takes: az's webhook and
// storagequeue, and ours.
var endpointTypes = []string{"WebHook", "StorageQueue", "NatsSubject", "File", "Tail"}

// endpointType finds the name of a type in any case. A type that is not known
// here may be one of Azure's, about which the server says what to use instead.
func endpointType(text string) string {
	for _, name := range endpointTypes {
		if strings.EqualFold(name, text) {
			return name
		}
	}
	return text
}

// queueID is the id of a storage queue, as az takes it.
var queueID = regexp.MustCompile(`(?i)^(.*/storageAccounts/[^/]+)/queueServices/default/queues/([^/]+)$`)

// destinationTo reads --endpoint as its type wants it.
func destinationTo(kind, endpoint string) (destination, error) {
	to := destination{Type: endpointType(kind)}
	if kind == "" {
		to.Type = "WebHook"
	}
	p := &to.Properties
	if endpoint == "" && to.Type != "Tail" && slices.Contains(endpointTypes, to.Type) {
		return to, fmt.Errorf("--endpoint is missing: an endpoint of type %s needs it", to.Type)
	}
	switch to.Type {
	case "StorageQueue":
		found := queueID.FindStringSubmatch(endpoint)
		if found == nil {
			return to, fmt.Errorf("--endpoint %q is not the id of a storage queue: …/storageAccounts/NAME/queueServices/default/queues/NAME", endpoint)
		}
		p.ResourceID, p.QueueName = found[1], found[2]
	case "NatsSubject":
		p.Subject = endpoint
	case "File":
		p.FileName = endpoint
	case "Tail":
		if endpoint != "" {
			return to, fmt.Errorf("--endpoint %q: a tail has no endpoint; remove --endpoint", endpoint)
		}
	case "WebHook":
		p.URL = endpoint
	}
	return to, nil
}

// shown is a destination in a line.
func (d destination) shown() string {
	p := d.Properties
	switch d.Type {
	case "StorageQueue":
		return p.ResourceID + "/queueServices/default/queues/" + p.QueueName
	case "NatsSubject":
		return "subject " + p.Subject
	case "File":
		return "file " + p.FileName
	case "Tail":
		return "the tail"
	}
	return p.BaseURL
}
