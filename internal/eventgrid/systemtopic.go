package eventgrid

import (
	"net/http"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// communicationTopics is the type of system topics that publish calling events.
const communicationTopics = "Microsoft.Communication.CommunicationServices"

// systemTopicRequest is what matters in the body of a create.
type systemTopicRequest struct {
	Properties struct {
		Source    string `json:"source"`
		TopicType string `json:"topicType"`
	} `json:"properties"`
}

// systemTopicAnswer is ARM's SystemTopic.
type systemTopicAnswer struct {
	ID         string                `json:"id"`
	Name       string                `json:"name"`
	Type       string                `json:"type"`
	Location   string                `json:"location"`
	Properties systemTopicProperties `json:"properties"`
}

type systemTopicProperties struct {
	Source            string `json:"source"`
	TopicType         string `json:"topicType"`
	ProvisioningState state  `json:"provisioningState"`
}

// createSystemTopic agrees to what is there already: the resource's own topic.
// Nothing is stored; a topic of anything else is refused.
func (g *Grid) createSystemTopic(w http.ResponseWriter, r *http.Request) error {
	body, err := rest.Decode[systemTopicRequest](r)
	if err != nil {
		return err
	}
	if !strings.EqualFold(body.Properties.Source, g.arm.id()) || !strings.EqualFold(body.Properties.TopicType, communicationTopics) {
		return fault.Invalid("the only system topic here has properties.source %s and properties.topicType %s", g.arm.id(), communicationTopics)
	}
	return g.readSystemTopic(w, r)
}

func (g *Grid) readSystemTopic(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("topic")
	return rest.WriteJSON(w, http.StatusOK, systemTopicAnswer{
		ID: g.arm.topicPath(name), Name: name, Type: systemTopicType, Location: "global",
		Properties: systemTopicProperties{Source: g.arm.id(), TopicType: communicationTopics, ProvisioningState: succeeded},
	})
}
