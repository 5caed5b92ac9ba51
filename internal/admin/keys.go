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

// keysAnswer is ARM's answer to listKeys and regenerateKey.
type keysAnswer struct {
	PrimaryKey                string `json:"primaryKey"`
	SecondaryKey              string `json:"secondaryKey"`
	PrimaryConnectionString   string `json:"primaryConnectionString"`
	SecondaryConnectionString string `json:"secondaryConnectionString"`
}

func (a *API) listKeys(w http.ResponseWriter, _ *http.Request) error {
	endpoint, keys := a.Endpoint()+"/", a.Resource.Keys
	return rest.WriteJSON(w, http.StatusOK, keysAnswer{
		PrimaryKey: keys.Get(auth.Primary).Base64(), SecondaryKey: keys.Get(auth.Secondary).Base64(),
		PrimaryConnectionString:   a.Resource.ConnectionString(endpoint, auth.Primary),
		SecondaryConnectionString: a.Resource.ConnectionString(endpoint, auth.Secondary),
	})
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
	return a.listKeys(w, r)
}
