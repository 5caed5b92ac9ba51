package admin

import (
	"net/http"
	"time"

	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/doctor"
	"github.com/switchhook/switchhook/internal/rest"
)

// OverviewPath is how the server is, on one page.
const OverviewPath = "/admin/overview"

// ConsolePath has the verb link, which makes an address that signs in to the console.
const ConsolePath = "/admin/console"

func (a *API) consoleRoutes(rt *rest.Router) {
	rt.Handle(http.MethodGet, OverviewPath, a.overview, rest.EvenWhenBusy())
	rt.Handle(http.MethodPost, ConsolePath+":link", a.consoleLink, rest.EvenWhenBusy())
}

// Overview is how a server is, where it is reached and what is missing.
type Overview struct {
	Version   string            `json:"version"`
	Resource  string            `json:"resource"` // GUID
	Endpoint  string            `json:"endpoint"` // as the connection string has it
	Local     bool              `json:"local"`    // nobody but this machine reaches it
	Data      string            `json:"data"`     // directory
	Started   time.Time         `json:"startedOn"`
	NotReady  string            `json:"notReady,omitempty"` // why no call would be taken
	Addresses datadir.Addresses `json:"addresses"`
	Numbers   []string          `json:"numbers"` // owned
	Findings  []doctor.Finding  `json:"findings"`
}

func (a *API) overview(w http.ResponseWriter, r *http.Request) error {
	o := a.Overview(r.Context())
	for _, t := range a.Trunks.Trunks() {
		if found := a.trunkState(t).Finding(); found.State != doctor.OK {
			o.Findings = append(o.Findings, found)
		}
	}
	return rest.WriteJSON(w, http.StatusOK, o)
}

// ConsoleLink is an address that signs in to the console once.
type ConsoleLink struct {
	Address string    `json:"address"`
	Expires time.Time `json:"expiresOn"`
}

func (a *API) consoleLink(w http.ResponseWriter, r *http.Request) error {
	body, err := rest.Decode[struct {
		ReadOnly bool `json:"readOnly"`
	}](r)
	if err != nil {
		return err
	}
	address, life := a.ConsoleLink(body.ReadOnly)
	a.Log.Info("an address that signs in to the console was made", "read_only", body.ReadOnly)
	return rest.WriteJSON(w, http.StatusOK, ConsoleLink{address, time.Now().Add(life).UTC().Truncate(time.Second)})
}
