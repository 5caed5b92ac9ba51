package eventgrid

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/rest"
)

// attributeAnswer is a mapping as it is read back.
type attributeAnswer struct {
	Name       string `json:"name"`
	Type       string `json:"type"`
	Properties any    `json:"properties"`
}

type staticAnswer struct {
	Value  *string `json:"value"` // null instead of a secret
	Secret bool    `json:"isSecret"`
}

type dynamicAnswer struct {
	Source string `json:"sourceField"`
}

// attributesAnswer is the answer of getDeliveryAttributes.
type attributesAnswer struct {
	Value []attributeAnswer `json:"value"`
}

// attributeAnswers writes mappings, with their secrets or without.
func attributeAnswers(list []Attribute, secrets bool) []attributeAnswer {
	answers := make([]attributeAnswer, len(list))
	for i, a := range list {
		answers[i] = attributeAnswer{Name: a.Name, Type: "Dynamic", Properties: dynamicAnswer{a.Source}}
		if a.Source != "" {
			continue
		}
		static := staticAnswer{Secret: a.Secret}
		if secrets || !a.Secret {
			static.Value = &a.Value
		}
		answers[i].Type, answers[i].Properties = "Static", static
	}
	return answers
}

// deliveryAttributes is the one answer that shows the headers' secrets.
func (g *Grid) deliveryAttributes(w http.ResponseWriter, r *http.Request, _ place) error {
	sub, exists := g.view.Load().find(r.PathValue("name"))
	if !exists {
		return noSuch(r.PathValue("name"))
	}
	return rest.WriteJSON(w, http.StatusOK, attributesAnswer{attributeAnswers(sub.Wanted.Attributes, true)})
}
