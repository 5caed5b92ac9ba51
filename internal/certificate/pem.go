package certificate

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

// The types of PEM blocks that we write.
const (
	certificateBlock = "CERTIFICATE"
	keyBlock         = "PRIVATE KEY"
)

// encode writes a certificate and its key into one text: one file is replaced
// as a whole, two could come apart.
func (p pair) encode() ([]byte, error) {
	key, err := x509.MarshalPKCS8PrivateKey(p.key)
	if err != nil {
		return nil, err
	}
	return append(p.public(), pem.EncodeToMemory(&pem.Block{Type: keyBlock, Bytes: key})...), nil
}

// public writes the certificate alone.
func (p pair) public() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: certificateBlock, Bytes: p.cert.Raw})
}

// decodePair reads what encode wrote.
func decodePair(text []byte) (pair, error) {
	var p pair
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			break
		}
		text = rest
		if err := p.add(block); err != nil {
			return pair{}, err
		}
	}
	switch {
	case p.cert == nil:
		return pair{}, errors.New("it holds no certificate")
	case p.key == nil:
		return pair{}, errors.New("it holds no private key")
	case len(bytes.TrimSpace(text)) > 0:
		return pair{}, errors.New("it ends in text that is not PEM")
	case !p.key.PublicKey.Equal(p.cert.PublicKey):
		return pair{}, errors.New("its key is not the key of its certificate")
	}
	return p, nil
}

func (p *pair) add(block *pem.Block) error {
	switch block.Type {
	case certificateBlock:
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return fmt.Errorf("its certificate cannot be read: %w", err)
		}
		p.cert = cert
	case keyBlock:
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return fmt.Errorf("its key cannot be read: %w", err)
		}
		ours, ok := key.(*ecdsa.PrivateKey)
		if !ok {
			return fmt.Errorf("its key is a %T, not an ECDSA key", key)
		}
		p.key = ours
	default:
		return fmt.Errorf("it holds an unexpected %q block", block.Type)
	}
	return nil
}
