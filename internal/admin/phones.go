package admin

import (
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/registrar"
	"github.com/switchhook/switchhook/internal/rest"
)

// PhonesPath is where commands manage the telephones of users. Azure has no such API.
const PhonesPath = "/admin/phones"

func (a *API) phoneRoutes(rt *rest.Router) {
	rt.Handle(http.MethodPost, PhonesPath, a.addPhone, rest.Success(http.StatusCreated))
	rt.Handle(http.MethodGet, PhonesPath, a.listPhones)
	rt.Handle(http.MethodGet, PhonesPath+"/{user}", a.showPhone)
	rt.Handle(http.MethodDelete, PhonesPath+"/{user}", a.removePhone, rest.Success(http.StatusNoContent))
	rt.Handle(http.MethodPost, PhonesPath+"/{user}:resetPassword", a.resetPhone)
}

// Phone is the SIP credential of a user, and the telephones that have registered with it.
type Phone struct {
	UserName  string          `json:"userName"`
	Identity  string          `json:"identity"`
	CallerID  string          `json:"callerId,omitempty"`
	Created   time.Time       `json:"createdOn,omitzero"`
	Password  string          `json:"password,omitempty"` // only in the answer that sets it
	Registrar *PhoneListeners `json:"registrar,omitempty"`
	Devices   []PhoneDevice   `json:"devices"`
}

// PhoneListeners are the addresses at which telephones register.
type PhoneListeners struct {
	SIP  string `json:"sip,omitempty"`  // UDP and TCP
	SIPS string `json:"sips,omitempty"` // TLS
}

// PhoneDevice is a registered telephone.
type PhoneDevice struct {
	Contact   string    `json:"contact"`
	Address   string    `json:"address"` // source of its requests
	Transport string    `json:"transport"`
	UserAgent string    `json:"userAgent,omitempty"`
	Since     time.Time `json:"registeredOn"`
	Expires   time.Time `json:"expiresOn"`
}

func (a *API) addPhone(w http.ResponseWriter, r *http.Request) error {
	body, err := rest.Decode[Phone](r)
	if err != nil {
		return err
	}
	id, err := a.user(r, "identity", body.Identity)
	if err != nil {
		return err
	}
	if body.CallerID != "" && !a.Numbers.Owns(body.CallerID) {
		return rest.Field("callerId", fault.Invalid("the caller id %.40q is not an owned number", body.CallerID))
	}
	if _, taken := a.Trunks.Inbound(body.UserName); taken {
		return fault.Conflict("the user name %s belongs to a trunk", body.UserName)
	}
	made, password, err := a.Registrar.Issue(r.Context(), registrar.Credential{UserName: body.UserName, Identity: id, CallerID: body.CallerID, IssuedBy: issuer(r)})
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusCreated, a.withPassword(r, made, password))
}

// issuer is who makes a credential: guards on them hold for its phone too.
func issuer(r *http.Request) string { return permit.Asker(rest.Sender(r.Context())) }

func (a *API) resetPhone(w http.ResponseWriter, r *http.Request) error {
	password, err := a.Registrar.Reset(r.Context(), r.PathValue("user"), issuer(r))
	if err != nil {
		return err
	}
	known, _ := a.Registrar.Find(r.PathValue("user"))
	return rest.WriteJSON(w, http.StatusOK, a.withPassword(r, known, password))
}

// withPassword shows a credential with its password and the listeners to register
// at. A listener on all addresses is shown by the host that the client reached.
func (a *API) withPassword(r *http.Request, c registrar.Credential, password string) Phone {
	phone := a.phone(c)
	phone.Password = password
	if a.PhoneListeners == nil {
		return phone
	}
	plain, secure := a.PhoneListeners()
	phone.Registrar = &PhoneListeners{SIP: a.reachable(plain, r)}
	if secure != nil {
		phone.Registrar.SIPS = a.reachable(secure, r)
	}
	return phone
}

func (a *API) reachable(at net.Addr, r *http.Request) string {
	host, port, err := net.SplitHostPort(at.String())
	if address, parsed := netip.ParseAddr(host); err != nil || parsed != nil || !address.IsUnspecified() {
		return at.String()
	}
	host = r.Host
	if len(a.PublicHosts) > 0 {
		host = a.PublicHosts[0]
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return net.JoinHostPort(host, port)
}

// phone shows a credential with its devices.
func (a *API) phone(c registrar.Credential) Phone {
	phone := Phone{UserName: c.UserName, Identity: c.Identity.Raw(), CallerID: c.CallerID, Created: c.Created, Devices: []PhoneDevice{}}
	for _, d := range a.Registrar.BindingsOfUser(c.UserName) {
		phone.Devices = append(phone.Devices, PhoneDevice{
			Contact: d.Contact, Address: d.Flow.Source.String(), Transport: d.Flow.Transport, UserAgent: d.UserAgent,
			Since: d.Since.UTC().Truncate(time.Second), Expires: d.Expires.UTC().Truncate(time.Second),
		})
	}
	return phone
}

func (a *API) listPhones(w http.ResponseWriter, _ *http.Request) error {
	list := listOf[Phone]{[]Phone{}}
	for _, c := range a.Registrar.List() {
		list.Value = append(list.Value, a.phone(c))
	}
	return rest.WriteJSON(w, http.StatusOK, list)
}

func (a *API) showPhone(w http.ResponseWriter, r *http.Request) error {
	known, ok := a.Registrar.Find(r.PathValue("user"))
	if !ok {
		return fault.NotFound("there is no phone with the user name %.40s", r.PathValue("user")).WithCode("PhoneNotFound")
	}
	return rest.WriteJSON(w, http.StatusOK, a.phone(known))
}

func (a *API) removePhone(w http.ResponseWriter, r *http.Request) error {
	if err := a.Registrar.Remove(r.Context(), r.PathValue("user")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
