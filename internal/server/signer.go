package server

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/switchhook/switchhook/internal/auth"
)

// signingKeyFile keeps the key that signs user tokens and callbacks.
const signingKeyFile = "signing-key.pem"

// openSigner reads the signing key. At the first start it is made in the
// background, since that takes longer than all the rest.
func (p *parts) openSigner() (*auth.Signer, error) {
	text, err := p.data.LoadFile(signingKeyFile)
	if err == nil {
		signer, err := auth.LoadSigner(text)
		if err != nil {
			return nil, fmt.Errorf("%s is damaged (%w): restore it from a backup, or delete it, which makes all user tokens invalid", p.data.Path(signingKeyFile), err)
		}
		return signer, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	signer := auth.NewSigner()
	p.work.Go(func() {
		text, err := signer.PEM(p.life)
		if err == nil {
			err = p.data.SaveFile(signingKeyFile, text)
		}
		if err != nil && p.life.Err() == nil {
			p.log.Error("the signing key could not be stored: user tokens become invalid at the next start", "error", err)
		}
	})
	return signer, nil
}
