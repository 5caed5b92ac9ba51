package server

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/resource"
	"github.com/switchhook/switchhook/internal/rest"
)

// registerManagement adds what commands ask a running server, in ARM's shape
// where ARM has one.
func (p *parts) registerManagement(rt *rest.Router) {
	always := rest.EvenWhenBusy()
	rt.Handle(http.MethodPost, resource.ARMPath+"/listKeys", p.listKeys, always)
	rt.Handle(http.MethodPost, resource.ARMPath+"/regenerateKey", p.regenerateKey, always)
	rt.Handle(http.MethodPost, "/admin/identities:import", p.importIdentities)
	p.registerEvents(rt)
	p.registerStates(rt)
	p.registerPhones(rt)
	p.records.Register(rt)
}

// keysAnswer is ARM's answer to listKeys and regenerateKey.
type keysAnswer struct {
	PrimaryKey                string `json:"primaryKey"`
	SecondaryKey              string `json:"secondaryKey"`
	PrimaryConnectionString   string `json:"primaryConnectionString"`
	SecondaryConnectionString string `json:"secondaryConnectionString"`
}

func (p *parts) listKeys(w http.ResponseWriter, _ *http.Request) error {
	endpoint, keys := p.public.base()+"/", p.resource.Keys
	return rest.WriteJSON(w, http.StatusOK, keysAnswer{
		PrimaryKey: keys.Get(auth.Primary).Base64(), SecondaryKey: keys.Get(auth.Secondary).Base64(),
		PrimaryConnectionString:   p.resource.ConnectionString(endpoint, auth.Primary),
		SecondaryConnectionString: p.resource.ConnectionString(endpoint, auth.Secondary),
	})
}

func (p *parts) regenerateKey(w http.ResponseWriter, r *http.Request) error {
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
	if _, err := p.resource.Rotate(slot); err != nil {
		return err
	}
	p.log.Info("access key rotated", "key", body.KeyName)
	return p.listKeys(w, r)
}

func (p *parts) importIdentities(w http.ResponseWriter, r *http.Request) error {
	body, err := rest.Decode[struct {
		IDs []string `json:"ids"`
	}](r)
	if err != nil {
		return err
	}
	n, err := p.identities.Import(r.Context(), body.IDs)
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, map[string]int{"imported": n})
}
