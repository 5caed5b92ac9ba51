package phonenumbers

import (
	"net/http"
	"slices"
	"strings"

	"github.com/switchhook/switchhook/internal/rest"
)

// everyNumber passes all of the inventory.
func everyNumber(*number) bool { return true }

// listCountries answers with the countries that the inventory has numbers of.
func (a *API) listCountries(w http.ResponseWriter, r *http.Request) error {
	type wireCountry struct {
		Name string `json:"localizedName"`
		ISO  string `json:"countryCode"`
	}
	var all []wireCountry
	for _, n := range a.inventory.list(everyNumber) {
		if c := (wireCountry{n.country.name, n.country.iso}); !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b wireCountry) int { return strings.Compare(a.ISO, b.ISO) })
	part, next, err := pageOf(r, "maxPageSize", all)
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, struct {
		Countries []wireCountry `json:"countries"`
		Next      string        `json:"nextLink,omitempty"`
	}{append([]wireCountry{}, part...), next})
}

// listAreaCodes answers with the areas of a country's numbers, which only the
// plan of country code 1 tells apart.
func (a *API) listAreaCodes(w http.ResponseWriter, r *http.Request) error {
	type wireArea struct {
		Code string `json:"areaCode"`
	}
	c, kind, err := a.listParameters(r, false)
	if err != nil {
		return err
	}
	var all []wireArea
	for _, n := range a.inventory.list(inCountry(c, kind)) {
		if area := (wireArea{n.areaCode()}); area.Code != "" && !slices.Contains(all, area) {
			all = append(all, area)
		}
	}
	part, next, err := pageOf(r, "maxPageSize", all)
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, struct {
		Areas []wireArea `json:"areaCodes"`
		Next  string     `json:"nextLink,omitempty"`
	}{append([]wireArea{}, part...), next})
}

// listLocalities answers that no towns are known: a configured number does not
// say where it lies.
func (a *API) listLocalities(w http.ResponseWriter, r *http.Request) error {
	if _, _, err := a.listParameters(r, true); err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, struct {
		Localities []string `json:"phoneNumberLocalities"`
	}{[]string{}})
}

// listOfferings answers with the types of a country's numbers and what they are
// for.
func (a *API) listOfferings(w http.ResponseWriter, r *http.Request) error {
	type offering struct {
		Kind         string       `json:"phoneNumberType"`
		Assignment   string       `json:"assignmentType"`
		Capabilities capabilities `json:"availableCapabilities"`
		Cost         cost         `json:"cost"`
	}
	c, kind, err := a.listParameters(r, true)
	if err != nil {
		return err
	}
	wanted := queryText(r, "assignmentType")
	var all []offering
	for _, n := range a.inventory.list(inCountry(c, kind)) {
		for _, assignment := range []string{forApplication, forPerson} {
			o := offering{n.kind, assignment, capabilities{capableBoth, capableNone}, free}
			if (wanted == "" || wanted == assignment) && !slices.Contains(all, o) {
				all = append(all, o)
			}
		}
	}
	part, next, err := pageOf(r, "maxPageSize", all)
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, struct {
		Offerings []offering `json:"phoneNumberOfferings"`
		Next      string     `json:"nextLink,omitempty"`
	}{append([]offering{}, part...), next})
}

// listParameters reads the parameters that all lists of a country have.
func (a *API) listParameters(r *http.Request, anyKind bool) (c country, kind string, err error) {
	if c, err = countryInPath(r); err != nil {
		return c, "", err
	}
	kind = queryText(r, "phoneNumberType")
	if err := checkKind(kind, anyKind); err != nil {
		return c, "", err
	}
	return c, kind, checkAssignment(queryText(r, "assignmentType"), true)
}
