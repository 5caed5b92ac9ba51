package registrar

import (
	"context"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Reset replaces a password; what has registered with the old one is forgotten. Who
// asks for it learns the password, and has issued the credential from then on.
func (r *Registrar) Reset(ctx context.Context, userName, issuedBy string) (password string, err error) {
	r.writing.Lock()
	defer r.writing.Unlock()
	r.mu.Lock()
	known, ok := r.credentials[userName]
	r.mu.Unlock()
	if !ok {
		return "", noSuch(userName)
	}
	c := *known
	c.IssuedBy = issuedBy
	password = c.setPassword(userName, r.cfg.Realm)
	// What has registered goes first: an error afterwards would hide a password that is in force.
	if err := r.bindingStore.Delete(ctx, userName); err != nil && !fault.Is(err, fault.KindNotFound) {
		return "", err
	}
	r.unstored[userName] = true // until its bindings are gone, or are stored again
	if err := r.credentialStore.Put(ctx, userName, c); err != nil {
		return "", err
	}
	r.mu.Lock()
	r.credentials[userName] = &c
	r.removeBindings(userName, func(*binding) bool { return true })
	r.mu.Unlock()
	delete(r.unstored, userName)
	r.log.Info("phone password replaced", "user", userName)
	return password, nil
}

// Remove ends a credential and everything registered with it.
func (r *Registrar) Remove(ctx context.Context, userName string) error {
	r.writing.Lock()
	defer r.writing.Unlock()
	return r.remove(ctx, userName)
}

func (r *Registrar) remove(ctx context.Context, userName string) error {
	if err := r.credentialStore.Delete(ctx, userName); err != nil {
		if fault.Is(err, fault.KindNotFound) {
			return noSuch(userName)
		}
		return err
	}
	r.mu.Lock()
	if c := r.credentials[userName]; c != nil {
		delete(r.credentials, userName)
		if r.userNames[c.id] = without(r.userNames[c.id], userName); len(r.userNames[c.id]) == 0 {
			delete(r.userNames, c.id)
		}
	}
	r.mu.Unlock()
	r.log.Info("phone credential removed", "user", userName)
	return r.removeAllBindings(ctx, userName)
}

// RemoveIdentity ends all credentials of a user who is deleted.
func (r *Registrar) RemoveIdentity(ctx context.Context, id identifier.ID) error {
	r.writing.Lock()
	defer r.writing.Unlock()
	for _, c := range r.CredentialsOf(id) {
		if err := r.remove(ctx, c.UserName); err != nil && !fault.Is(err, fault.KindNotFound) {
			return err
		}
	}
	return nil
}

// SignOut removes the bindings of a user: each telephone has to show its password
// again.
func (r *Registrar) SignOut(ctx context.Context, id identifier.ID) error {
	r.writing.Lock()
	defer r.writing.Unlock()
	for _, c := range r.CredentialsOf(id) {
		if err := r.removeAllBindings(ctx, c.UserName); err != nil {
			return err
		}
	}
	return nil
}

func noSuch(userName string) error {
	return fault.NotFound("there is no phone with the user name %.40s", userName).WithCode("PhoneNotFound")
}
