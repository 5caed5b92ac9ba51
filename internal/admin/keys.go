package admin

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/resource"
	"github.com/switchhook/switchhook/internal/rest"
)

func (a *API) keyRoutes(rt *rest.Router) {
	always := rest.EvenWhenBusy()
	rt.Handle(http.MethodPost, resource.ARMPath+"/listKeys", a.listKeys, always)
	rt.Handle(http.MethodPost, resource.ARMPath+"/regenerateKey", a.regenerateKey, always)
}

// keysAnswer is ARM's answer to listKeys and regenerateKey. A key that the sender
// may not see is absent.
type keysAnswer struct {
	PrimaryKey                string `json:"primaryKey,omitempty"`
	SecondaryKey              string `json:"secondaryKey,omitempty"`
	PrimaryConnectionString   string `json:"primaryConnectionString,omitempty"`
	SecondaryConnectionString string `json:"secondaryConnectionString,omitempty"`
}

// listKeys shows an access key itself alone, since guards tell the keys apart: one
// that could read the other would pass the guards of both. A token sees both.
func (a *API) listKeys(w http.ResponseWriter, r *http.Request) error {
	endpoint, keys, asker := a.Endpoint()+"/", a.Resource.Keys, rest.Sender(r.Context()).Key
	var shown keysAnswer
	if asker == "" || asker == auth.Primary.String() {
		shown.PrimaryKey, shown.PrimaryConnectionString = keys.Get(auth.Primary).Base64(), a.Resource.ConnectionString(endpoint, auth.Primary)
	}
	if asker == "" || asker == auth.Secondary.String() {
		shown.SecondaryKey, shown.SecondaryConnectionString = keys.Get(auth.Secondary).Base64(), a.Resource.ConnectionString(endpoint, auth.Secondary)
	}
	return rest.WriteJSON(w, http.StatusOK, shown)
}

func (a *API) regenerateKey(w http.ResponseWriter, r *http.Request) error {
	body, err := rest.Decode[struct {
		KeyName string `json:"keyName"`
	}](r)
	if err != nil {
		return err
	}
	slot, ok := map[string]auth.Slot{"Primary": auth.Primary, "Secondary": auth.Secondary}[body.KeyName]
	if !ok {
		return rest.Field("keyName", fault.Invalid("keyName must be Primary or Secondary, not %q", body.KeyName))
	}
	if _, err := a.Resource.Rotate(slot); err != nil {
		return err
	}
	a.Log.Info("an access key was replaced", "key", body.KeyName)
	if setting := a.Resource.Outdated(slot); setting != "" {
		a.Log.Warn("a setting has the access key that was replaced: the next start is refused until it is removed", "setting", setting)
	}
	return a.listKeys(w, r)
}
