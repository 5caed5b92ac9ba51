package identity

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// registerExchanges adds the operations that trade a token of Microsoft's cloud
// for one of ours. They need Teams and Entra, so they answer that they are not
// offered, instead of as unknown paths.
func (a *API) registerExchanges(rt *rest.Router) {
	const assignment = "/access/teamsExtension/tenants/{tenantId}/assignments/{objectId}"
	rt.Handle(http.MethodPost, "/teamsUser/:exchangeAccessToken", unsupported("Teams users have no access tokens here: exchanging their tokens needs Microsoft's cloud. Create a communication user instead."))
	entra := unsupported("Entra users have no access tokens here. Create a communication user and issue a token for it; bearer tokens of configured issuers open the APIs themselves.")
	rt.Handle(http.MethodPost, "/access/entra/:exchangeAccessToken", entra)
	extension := unsupported("the Teams phone extension is not offered: it needs Microsoft's cloud")
	rt.Handle(http.MethodPost, "/access/teamsExtension/:exchangeAccessToken", extension)
	rt.Handle(http.MethodGet, assignment, extension)
	rt.Handle(http.MethodPut, assignment, extension)
	rt.Handle(http.MethodDelete, assignment, extension)
}

func unsupported(message string) rest.Handler {
	return func(http.ResponseWriter, *http.Request) error {
		return fault.Unsupported("%s", message)
	}
}
