package server

import (
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/registrar"
	"github.com/switchhook/switchhook/internal/rest"
)

// PhonesPath is where commands manage telephones; Azure has none.
const PhonesPath = "/admin/phones"

func (p *parts) registerPhones(rt *rest.Router) {
	rt.Handle(http.MethodPost, PhonesPath, p.addPhone, rest.Success(http.StatusCreated))
	rt.Handle(http.MethodGet, PhonesPath, p.listPhones)
	rt.Handle(http.MethodGet, PhonesPath+"/{user}", p.showPhone)
	rt.Handle(http.MethodDelete, PhonesPath+"/{user}", p.removePhone, rest.Success(http.StatusNoContent))
	rt.Handle(http.MethodPost, PhonesPath+"/{user}:resetPassword", p.resetPhone)
}

// Phone is a telephone's credential, and what has registered with it.
type Phone struct {
	UserName  string        `json:"userName"`
	Identity  string        `json:"identity"`
	CallerID  string        `json:"callerId,omitempty"`
	Created   time.Time     `json:"createdOn,omitzero"`
	Password  string        `json:"password,omitempty"` // where it is new: it is told this once
	Registrar *Door         `json:"registrar,omitempty"`
	Devices   []PhoneDevice `json:"devices"`
}

// Door is where telephones register.
type Door struct {
	SIP  string `json:"sip,omitempty"`  // UDP and TCP
	SIPS string `json:"sips,omitempty"` // TLS
}

// PhoneDevice is a telephone that has registered.
type PhoneDevice struct {
	Contact   string    `json:"contact"`
	Address   string    `json:"address"` // where it was heard
	Transport string    `json:"transport"`
	UserAgent string    `json:"userAgent,omitempty"`
	Since     time.Time `json:"registeredOn"`
	Expires   time.Time `json:"expiresOn"`
}

func (p *parts) addPhone(w http.ResponseWriter, r *http.Request) error {
	body, err := rest.Decode[Phone](r)
	if err != nil {
		return err
	}
	id, err := identifier.Parse(body.Identity)
	if err != nil || id.Resource() != p.resource.ID {
		return rest.Field("identity", fault.Invalid("%.100q is no user of this resource, such as 8:acs:%s_{user}", body.Identity, p.resource.ID))
	}
	exists, err := p.identities.Exists(r.Context(), id)
	if err != nil {
		return err
	}
	if !exists {
		return fault.NotFound("%s does not exist: an application creates identities, or `switchhook identity import`", id).WithCode("IdentityNotFound")
	}
	if body.CallerID != "" && !p.numbers.Owns(body.CallerID) {
		return rest.Field("callerId", fault.Invalid("the caller id %.40q is not an owned number", body.CallerID))
	}
	if _, taken := p.trunks.Inbound(body.UserName); taken {
		return fault.Conflict("the user name %s belongs to a trunk", body.UserName)
	}
	made, password, err := p.registrar.Issue(r.Context(), registrar.Credential{UserName: body.UserName, Identity: id, CallerID: body.CallerID})
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusCreated, p.withPassword(r, made, password))
}

func (p *parts) resetPhone(w http.ResponseWriter, r *http.Request) error {
	password, err := p.registrar.Reset(r.Context(), r.PathValue("user"))
	if err != nil {
		return err
	}
	known, _ := p.registrar.Find(r.PathValue("user"))
	return rest.WriteJSON(w, http.StatusOK, p.withPassword(r, known, password))
}

// withPassword is what a telephone has to be told. A registrar on all addresses
// is named as whoever asks has reached the server.
func (p *parts) withPassword(r *http.Request, c registrar.Credential, password string) Phone {
	phone := p.phone(c)
	phone.Password = password
	if p.phones != nil {
		phone.Registrar = &Door{SIP: p.reachable(p.phones.Addr(), r)}
		if tls := p.phones.TLSAddr(); tls != nil {
			phone.Registrar.SIPS = p.reachable(tls, r)
		}
	}
	return phone
}

func (p *parts) reachable(at net.Addr, r *http.Request) string {
	host, port, err := net.SplitHostPort(at.String())
	if address, parsed := netip.ParseAddr(host); err != nil || parsed != nil || !address.IsUnspecified() {
		return at.String()
	}
	host = r.Host
	if len(p.cfg.PublicHosts) > 0 {
		host = p.cfg.PublicHosts[0]
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return net.JoinHostPort(host, port)
}

// phone shows a credential with its devices.
func (p *parts) phone(c registrar.Credential) Phone {
	phone := Phone{UserName: c.UserName, Identity: c.Identity.Raw(), CallerID: c.CallerID, Created: c.Created, Devices: []PhoneDevice{}}
	for _, d := range p.registrar.DevicesOf(c.UserName) {
		phone.Devices = append(phone.Devices, PhoneDevice{
			Contact: d.Contact, Address: d.Flow.Source.String(), Transport: d.Flow.Transport, UserAgent: d.UserAgent,
			Since: d.Since.UTC().Truncate(time.Second), Expires: d.Expires.UTC().Truncate(time.Second),
		})
	}
	return phone
}

func (p *parts) listPhones(w http.ResponseWriter, _ *http.Request) error {
	list := listOf[Phone]{[]Phone{}}
	for _, c := range p.registrar.List() {
		list.Value = append(list.Value, p.phone(c))
	}
	return rest.WriteJSON(w, http.StatusOK, list)
}

func (p *parts) showPhone(w http.ResponseWriter, r *http.Request) error {
	known, ok := p.registrar.Find(r.PathValue("user"))
	if !ok {
		return fault.NotFound("there is no phone with the user name %.40s", r.PathValue("user")).WithCode("PhoneNotFound")
	}
	return rest.WriteJSON(w, http.StatusOK, p.phone(known))
}

func (p *parts) removePhone(w http.ResponseWriter, r *http.Request) error {
	if err := p.registrar.Remove(r.Context(), r.PathValue("user")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
