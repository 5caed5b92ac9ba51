package server

import (
	"context"
	"time"

	"github.com/switchhook/switchhook/internal/admin"
	"github.com/switchhook/switchhook/internal/doctor"
)

// examinationAge is how long findings about this machine hold: looking for programs and
// names takes longer than a page may.
const examinationAge = 20 * time.Second

// examination is what the doctor has found on this machine.
type examination struct {
	at   time.Time
	list []doctor.Finding
}

// overview says how the server is.
func (p *parts) overview(ctx context.Context) admin.Overview {
	o := admin.Overview{
		Version: Version(), Resource: p.resource.ID, Endpoint: p.public.base() + "/", Local: p.cfg.Local(), Data: p.data.Name(), Started: p.started.UTC().Truncate(time.Second),
		Addresses: p.taken, Numbers: p.ownedNumbers(), Findings: append([]doctor.Finding{}, p.examine(ctx)...),
	}
	if err := p.ready(); err != nil {
		o.NotReady = err.Error()
	}
	if p.phones == nil {
		o.Findings = append(o.Findings, doctor.Finding{State: doctor.Note, What: "phones cannot call or be called: SIP is off", Remedy: "switchhook serve --sip 127.0.0.1:5060"})
	}
	return o
}

// ownedNumbers are the phone numbers of the resource.
func (p *parts) ownedNumbers() []string {
	list := []string{}
	for _, number := range p.numbers.Inventory() {
		if number.Owned {
			list = append(list, number.Number)
		}
	}
	return list
}

// examine looks at this machine, unless somebody has just looked.
func (p *parts) examine(ctx context.Context) []doctor.Finding {
	if last := p.examined.Load(); last != nil && time.Since(last.at) < examinationAge {
		return last.list
	}
	now := &examination{time.Now(), doctor.Machine(ctx, p.cfg)}
	p.examined.Store(now)
	return now.list
}
