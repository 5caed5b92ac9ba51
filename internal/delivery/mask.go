package delivery

import (
	"bytes"
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/switchhook/switchhook/internal/httpclient"
)

// Answers are kept and shown, and endpoints repeat what they were sent: many a
// page for a 404 has the request's address in it, with a secret in its query.

// shortestSecret is the length from which a text is hidden; shorter ones would
// hide more than they guard.
const shortestSecret = 4

// secretsOf are the texts of a request that no record may repeat: the values of
// its query, the token, and the headers that the message calls secret.
func secretsOf(h *httpclient.Fields, m *Message) [][]byte {
	var texts []string
	address, _, _ := strings.Cut(m.URL, "#")
	_, query, _ := strings.Cut(address, "?")
	for part := range strings.SplitSeq(query, "&") {
		_, value, named := strings.Cut(part, "=")
		if !named {
			value = part
		}
		plain, _ := url.QueryUnescape(value)
		texts = append(texts, value, plain)
	}
	authorization := h.Get("Authorization")
	_, token, _ := strings.Cut(authorization, " ")
	texts = append(texts, authorization, token)
	for _, name := range m.SecretHeaders {
		texts = append(texts, h.Get(name))
	}
	var secrets [][]byte
	for _, text := range texts {
		if len(text) >= shortestSecret {
			secrets = append(secrets, []byte(text))
		}
	}
	// Longer ones first, lest a part be hidden and the rest shown.
	slices.SortFunc(secrets, func(a, b []byte) int { return cmp.Compare(len(b), len(a)) })
	return secrets
}

// maskSecrets takes secrets out of the beginning of an answer, also one that its end
// cuts through.
func maskSecrets(text []byte, secrets [][]byte) []byte {
	mask := []byte("***")
	for _, secret := range secrets {
		text = bytes.ReplaceAll(text, secret, mask)
	}
	for _, secret := range secrets {
		for n := min(len(secret)-1, len(text)); n >= shortestSecret; n-- {
			if bytes.HasSuffix(text, secret[:n]) {
				text = append(bytes.Clone(text[:len(text)-n]), mask...)
				break
			}
		}
	}
	return text
}

// maxProblem bounds what an error keeps of what a stranger sent, in bytes: net/http
// quotes a status line that is none, however long.
const maxProblem = 512

// truncated is an error whose long text is cut.
type truncated struct{ error }

func (t truncated) Error() string {
	return strings.ToValidUTF8(t.error.Error()[:maxProblem], "") + "…"
}
func (t truncated) Unwrap() error { return t.error }

func shortened(err error) error {
	if err == nil || len(err.Error()) <= maxProblem {
		return err
	}
	return truncated{err}
}
