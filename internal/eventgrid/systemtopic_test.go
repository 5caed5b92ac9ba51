package eventgrid

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/switchhook/switchhook/internal/store"
)

const topicBase = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/calls/providers/Microsoft.EventGrid/systemTopics/mine"

// TestSystemTopicShowsTheSameSubscriptions: one made in either place is found
// in both, with the id of the place where it is asked for.
func TestSystemTopicShowsTheSameSubscriptions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := newTestGrid(t, willing(t), store.InMemory())
		h := serve(g)
		status, got, _ := call(t, h, "PUT", topicBase+"/eventSubscriptions/incoming", `{"properties":`+webhook("")+`}`)
		if status != 201 || at(got, "properties.provisioningState") != "Creating" {
			t.Fatalf("PUT answered %d %v", status, got)
		}
		synctest.Wait()
		for base, kind := range map[string]string{
			armBase:                           "Microsoft.EventGrid/eventSubscriptions",
			topicBase + "/eventSubscriptions": "Microsoft.EventGrid/systemTopics/eventSubscriptions",
			strings.ToUpper(armBase):          "Microsoft.EventGrid/eventSubscriptions",
			strings.Replace(topicBase, "mine", "another-name", 1) + "/eventSubscriptions": "Microsoft.EventGrid/systemTopics/eventSubscriptions",
		} {
			status, got, _ := call(t, h, "GET", base+"/incoming", "")
			id, _ := got["id"].(string)
			if status != 200 || got["type"] != kind || !strings.EqualFold(id, base+"/incoming") || at(got, "properties.provisioningState") != "Succeeded" {
				t.Errorf("GET %s answered %d %v", base, status, got)
			}
			if _, list, _ := call(t, h, "GET", base, ""); len(list["value"].([]any)) != 1 {
				t.Errorf("%s lists %v", base, list)
			}
		}
		_, _, header := call(t, h, "PATCH", topicBase+"/eventSubscriptions/incoming", `{"labels":["x"]}`)
		if follow := header.Get("Azure-AsyncOperation"); !strings.Contains(follow, "/systemTopics/mine/eventSubscriptions/incoming/operationStatus") {
			t.Errorf("an update is followed at %q", follow)
		}
		synctest.Wait()
		if status, got, _ := call(t, h, "POST", topicBase+"/eventSubscriptions/incoming/getFullUrl", ""); status != 200 || got["endpointUrl"] == nil {
			t.Errorf("getFullUrl answered %d %v", status, got)
		}
		if status, _, _ := call(t, h, "DELETE", topicBase+"/eventSubscriptions/incoming", ""); status != 200 {
			t.Errorf("DELETE answered %d", status)
		}
	})
}

func TestSystemTopicIsTheResourceOwn(t *testing.T) {
	g, _ := newTestGrid(t, willing(t), store.InMemory())
	h := serve(g)
	source := strings.TrimSuffix(armBase, "/providers/Microsoft.EventGrid/eventSubscriptions")
	create := func(source, kind string) string {
		return `{"location":"global","properties":{"source":"` + source + `","topicType":"` + kind + `"}}`
	}
	for _, row := range []struct {
		name, method, target, body string
		status                     int
	}{
		{"it can be created", "PUT", topicBase, create(strings.ToLower(source), "microsoft.communication.communicationservices"), 200},
		{"it is there before", "GET", topicBase, "", 200},
		{"another resource's cannot", "PUT", topicBase, create(source+"2", communicationTopics), 400},
		{"nor another type", "PUT", topicBase, create(source, "Microsoft.Storage.StorageAccounts"), 400},
		{"nor a name out of bounds", "GET", strings.Replace(topicBase, "mine", "my_topic", 1), "", 400},
		{"nor one of another group", "GET", strings.Replace(topicBase, "/calls/", "/others/", 1), "", 404},
	} {
		t.Run(row.name, func(t *testing.T) {
			status, got, _ := call(t, h, row.method, row.target, row.body)
			if status != row.status || status == 200 && (got["id"] != topicBase || at(got, "properties.source") != source || at(got, "properties.provisioningState") != "Succeeded") {
				t.Errorf("answered %d %v", status, got)
			}
		})
	}
}
