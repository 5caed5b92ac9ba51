package siprouting

import (
	"net/http"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// routeTest is what testRoutesWithNumber is asked with. Its routes need no trunks.
type routeTest struct {
	Routes *[]routeText `json:"routes"`
}

// testRoutes lists the routes that would take a number, in their order: those
// of the request, or without any there those in force. Nothing changes.
func (a *API) testRoutes(w http.ResponseWriter, r *http.Request) error {
	number, err := targetNumber(r)
	if err != nil {
		return err
	}
	asked, err := rest.Decode[routeTest](r)
	if err != nil {
		return err
	}
	routes := a.current().routes
	if asked.Routes != nil {
		routes = routesOf(*asked.Routes)
		if len(routes) > maxListed {
			return tooMany("TooManyRoutes", "routes", len(routes))
		}
		if err := checkRoutes(routes); err != nil {
			return err
		}
	}
	var matching []route
	budget := trunk.NewBudget()
	for i, tried := range routes {
		if err := r.Context().Err(); err != nil {
			return err
		}
		if i > 0 && budget.Spent() {
			break // as for a call: what is not decided in time takes no number
		}
		if pattern, err := trunk.NewPattern(tried.Pattern); err != nil {
			return err
		} else if pattern.Matches(number) {
			matching = append(matching, tried)
		}
	}
	return rest.WriteJSON(w, http.StatusOK, struct {
		Matching []wireRoute `json:"matchingRoutes"`
	}{wireRoutes(matching, true)})
}

func targetNumber(r *http.Request) (string, error) {
	for name, values := range r.URL.Query() {
		if !strings.EqualFold(name, "targetPhoneNumber") {
			continue
		}
		// A + that was not escaped arrives as a space.
		number := "+" + strings.TrimPrefix(strings.TrimLeft(values[0], " "), "+")
		if !isNumber(number) {
			return "", rest.Field("targetPhoneNumber", fault.Invalid("targetPhoneNumber must be + and digits (E.164), not %.50q", values[0]))
		}
		return number, nil
	}
	return "", rest.Field("targetPhoneNumber", fault.Invalid("targetPhoneNumber is required"))
}
