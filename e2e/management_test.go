package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/resource"
)

// armAudience is whom tokens for the management of Azure are for.
const armAudience = "https://management.azure.com"

// openIssuer is an OpenID Connect issuer that has given one administrator a
// token.
func openIssuer(t *testing.T) (issuer, token string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	point, err := key.PublicKey.Bytes()
	must(t, err)
	text := base64.RawURLEncoding.EncodeToString
	mux := http.NewServeMux()
	web := httptest.NewServer(mux)
	t.Cleanup(web.Close)
	answer := func(v any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { json.NewEncoder(w).Encode(v) }
	}
	mux.HandleFunc("/.well-known/openid-configuration", answer(values{"issuer": web.URL, "jwks_uri": web.URL + "/keys"}))
	mux.HandleFunc("/keys", answer(values{"keys": []values{{"kty": "EC", "crv": "P-256", "kid": "1", "x": text(point[1:33]), "y": text(point[33:])}}}))
	signed := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"iss": web.URL, "aud": armAudience, "sub": "admin", "exp": time.Now().Add(time.Hour).Unix(),
	})
	signed.Header["kid"] = "1"
	token, err = signed.SignedString(key)
	must(t, err)
	return web.URL, token
}

// armSubscription is an EventSubscription as the SDK reads it.
type armSubscription struct {
	ID, Name, Type, Topic, ProvisioningState, EventDeliverySchema string

	Labels      []string
	Destination struct {
		EndpointType, EndpointBaseURL          string
		AzureActiveDirectoryTenantID           string
		AzureActiveDirectoryApplicationIDOrURI string
		DeliveryAttributeMappings              []struct{ Name, Type string }
	}
	Filter struct {
		IncludedEventTypes []string
		SubjectEndsWith    string
		AdvancedFilters    []struct{ OperatorType, Key string }
	}
	RetryPolicy           struct{ MaxDeliveryAttempts, EventTimeToLiveInMinutes int }
	DeadLetterDestination struct{ EndpointType, BlobContainerName string }
}

const incomingCallType = "Microsoft.Communication.IncomingCall"

// subscriptionInfo asks for everything that a subscription has.
func subscriptionInfo(endpoint string) values {
	return values{
		"destination": values{
			"endpointType": "WebHook", "endpointUrl": endpoint + "?code=hush",
			"azureActiveDirectoryTenantId": "contoso", "azureActiveDirectoryApplicationIdOrUri": "api://webhook",
			"deliveryAttributeMappings": []values{
				{"type": "Static", "name": "X-Key", "value": "secret word", "isSecret": true},
				{"type": "Dynamic", "name": "X-To", "sourceField": "data.to.phoneNumber.value"},
			},
		},
		"filter": values{
			"includedEventTypes": []string{incomingCallType}, "subjectEndsWith": "0001",
			"advancedFilters": []values{{"operatorType": "StringBeginsWith", "key": "data.to.PhoneNumber.Value", "values": []string{"+1555"}}},
		},
		"retryPolicy": values{"maxDeliveryAttempts": 2, "eventTimeToLiveInMinutes": 1},
		"labels":      []string{"calls"},
		"deadLetterDestination": values{
			"endpointType": "StorageBlob", "blobContainerName": "dead",
			"resourceId": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/acct",
		},
	}
}

// TestSubscriptionsAreManagedByTheOfficialSDK, in both places that ARM has for
// them; the webhook is protected, and gets events with our token.
func TestSubscriptionsAreManagedByTheOfficialSDK(t *testing.T) {
	t.Parallel()
	issuer, token := openIssuer(t)
	p := start(t, setup{config: "auth: {oidc: [{issuer: '" + issuer + "', audience: '" + armAudience + "', admin: {subjects: [admin]}}]}\nevents: {webhook-tokens: [{tenant: contoso}]}\n"})
	a := startAgent(p, application{})
	a.do("manageAs", values{
		"token": token, "subscription": resource.ARMSubscription, "resourceGroup": resource.ARMGroup, "resource": resource.ARMName, "topic": "calls",
	}, nil)
	for _, place := range []string{"resource", "topic"} {
		t.Run(place, func(t *testing.T) { managedIn(t, a.with(t), place) })
	}
	t.Run("a stranger", func(t *testing.T) {
		a.do("manageAs", values{"token": token + "x", "subscription": resource.ARMSubscription, "resourceGroup": resource.ARMGroup, "resource": resource.ARMName}, nil)
		if err := a.try("listSubscriptions", values{"place": "resource"}, nil); statusOf(err) != 401 {
			t.Errorf("a token that nobody signed: %v", err)
		}
	})
}

func managedIn(t *testing.T, a *agent, place string) {
	manage := func(operation string, info values, result any) {
		t.Helper()
		a.do("manage", values{"place": place, "operation": operation, "name": "sdk", "info": info}, result)
	}
	var made armSubscription
	manage("create", subscriptionInfo(a.url+"/events"), &made)
	to := made.Destination
	if made.ProvisioningState != "Succeeded" || made.Name != "sdk" || made.RetryPolicy.MaxDeliveryAttempts != 2 || made.Filter.SubjectEndsWith != "0001" ||
		made.EventDeliverySchema != "EventGridSchema" || made.DeadLetterDestination.BlobContainerName != "dead" || len(made.Labels) != 1 {
		t.Errorf("made %+v", made)
	}
	if to.EndpointType != "WebHook" || to.EndpointBaseURL != a.url+"/events" || to.AzureActiveDirectoryTenantID != "contoso" || len(to.DeliveryAttributeMappings) != 2 {
		t.Errorf("its destination is %+v", to)
	}
	if filters := made.Filter.AdvancedFilters; len(filters) != 1 || filters[0].OperatorType != "StringBeginsWith" {
		t.Errorf("its advanced filters are %+v", filters)
	}
	protectedDelivery(t, a)

	var updated armSubscription
	manage("update", values{"labels": []string{"calls", "more"}, "retryPolicy": values{"maxDeliveryAttempts": 5}}, &updated)
	var read armSubscription
	manage("get", nil, &read)
	if updated.ProvisioningState != "Succeeded" || len(read.Labels) != 2 || read.RetryPolicy.MaxDeliveryAttempts != 5 || read.Destination.EndpointBaseURL != a.url+"/events" {
		t.Errorf("updated %+v, read %+v", updated, read)
	}
	everyMemberIsUpdated(t, a, manage)
	var full struct{ EndpointURL string }
	manage("fullUrl", nil, &full)
	var attributes struct {
		Value []struct{ Name, Value string }
	}
	manage("attributes", nil, &attributes)
	if full.EndpointURL != a.url+"/events?code=hush" || len(attributes.Value) != 2 || attributes.Value[0].Value != "secret word" {
		t.Errorf("secrets: %+v, %+v", full, attributes)
	}
	var list []armSubscription
	a.do("listSubscriptions", values{"place": place}, &list)
	if len(list) != 1 || list[0].ID != read.ID {
		t.Errorf("the list is %+v", list)
	}
	err := a.try("manage", values{"place": place, "operation": "create", "name": "broken", "info": values{
		"destination": values{"endpointType": "WebHook", "endpointUrl": a.url + "/wrong-status"},
	}}, nil)
	if err == nil || !strings.Contains(err.Error(), "answered 202 Accepted") {
		t.Errorf("a webhook that does not consent: %v", err)
	}
	for _, name := range []string{"sdk", "broken", "sdk"} { // deleting what is not there succeeds
		a.do("manage", values{"place": place, "operation": "delete", "name": name}, nil)
	}
	a.do("listSubscriptions", values{"place": place}, &list)
	if err := a.try("manage", values{"place": place, "operation": "get", "name": "sdk"}, nil); len(list) != 0 || statusOf(err) != 404 {
		t.Errorf("after the deletion: %+v, %v", list, err)
	}
}

// everyMemberIsUpdated alone, and leaves the others as they were.
func everyMemberIsUpdated(t *testing.T, a *agent, manage func(operation string, info values, result any)) {
	t.Helper()
	var before values
	manage("get", nil, &before)
	account := "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/acct"
	for _, step := range []struct {
		member string
		info   any
		want   string // of what is read back
	}{
		{"filter", values{"subjectBeginsWith": "/caller", "includedEventTypes": []string{incomingCallType},
			"advancedFilters": []values{{"operatorType": "StringNotIn", "key": "data.from.rawId", "values": []string{"4:+1"}}}}, `"operatorType":"StringNotIn"`},
		{"retryPolicy", values{"maxDeliveryAttempts": 9, "eventTimeToLiveInMinutes": 10}, `"eventTimeToLiveInMinutes":10`},
		{"labels", []string{"new"}, `"new"`},
		{"expirationTimeUtc", "2036-01-02T03:04:05.000Z", `2036-01-02T03:04:05.000Z`},
		{"eventDeliverySchema", "CloudEventSchemaV1_0", `CloudEventSchemaV1_0`},
		{"eventDeliverySchema", "EventGridSchema", `EventGridSchema`},
		{"deadLetterDestination", values{"endpointType": "StorageBlob", "resourceId": account, "blobContainerName": "other"}, `"other"`},
		{"destination", values{"endpointType": "WebHook", "endpointUrl": a.url + "/events?code=other", "maxEventsPerBatch": 10}, `"maxEventsPerBatch":10`},
	} {
		var after values
		manage("update", values{step.member: step.info}, &after)
		manage("get", nil, &after)
		text, err := json.Marshal(after[step.member])
		must(t, err)
		if !strings.Contains(string(text), step.want) {
			t.Errorf("%s became %s, not %s", step.member, text, step.want)
		}
		before[step.member] = after[step.member]
		if !reflect.DeepEqual(after, before) {
			t.Errorf("with %s changed\n%v\nto\n%v", step.member, before, after)
		}
	}
	destination := subscriptionInfo(a.url + "/events")["destination"]
	manage("update", values{"destination": destination}, &before)
}

// protectedDelivery asks that an event bears a token that our discovery document
// vouches for.
func protectedDelivery(t *testing.T, a *agent) {
	t.Helper()
	seen := map[string]bool{}
	for _, e := range a.all(func(e event) bool { return e.Event == "grid" }) {
		seen[e.Raw[0].ID] = true
	}
	call := dial(t, newPhone(a.product))
	defer call.Cancel(within(t, 5*time.Second))
	got := a.wait("an event", func(e event) bool { return e.Event == "grid" && e.kind() == "IncomingCall" && !seen[e.Raw[0].ID] })
	if got.Headers["x-key"] != "secret word" || got.Headers["x-to"] != ourNumber {
		t.Errorf("the headers are %v", got.Headers)
	}
	checker, err := auth.NewOIDC(auth.OIDCConfig{
		Issuers: []auth.Issuer{{URL: "https://" + a.product.addresses.HTTPS + "/entra/contoso/v2.0", Audiences: []string{"api://webhook"}, Allow: auth.Bearers{Applications: []string{auth.GridApplication}}}},
		Client:  a.product.client(),
	})
	must(t, err)
	bearer, found := strings.CutPrefix(got.Headers["authorization"], "Bearer ")
	who, err := checker.Verify(t.Context(), bearer)
	if !found || err != nil || who.Subject != auth.GridApplication {
		t.Errorf("the token names %+v: %v", who, err)
	}
}
