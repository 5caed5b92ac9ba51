package resource

import (
	"testing"

	"github.com/switchhook/switchhook/internal/auth"
)

func TestAnnouncedConnectionStringServesScripts(t *testing.T) {
	d := openDir(t, t.TempDir())
	r := openResource(t, d, Identity{})
	if err := r.Announce("https://localhost:1443/"); err != nil {
		t.Fatal(err)
	}
	connection, err := ReadConnection(d.Name())
	if err != nil || connection.Endpoint.String() != "https://localhost:1443/" || connection.Key.ID() != r.Keys.Get(auth.Primary).ID() {
		t.Errorf("connection is %v %v", connection, err)
	}
}

func TestConnectionStringsHaveEndpointAndKey(t *testing.T) {
	for text, good := range map[string]bool{
		"endpoint=https://localhost:8443/;accesskey=" + someKey:      true,
		"AccessKey=" + someKey + ";Endpoint=http://localhost:8080\n": true,
		"endpoint=https://localhost:8443/":                           false,
		"accesskey=" + someKey:                                       false,
		"endpoint=localhost:8443;accesskey=" + someKey:               false,
		"endpoint=https://localhost/path;accesskey=" + someKey:       false,
		"endpoint=https://localhost;accesskey=short":                 false,
		"": false,
	} {
		if _, err := ParseConnection(text); (err == nil) != good {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzParseConnection(f *testing.F) {
	f.Add("endpoint=https://localhost:8443/;accesskey=" + someKey)
	f.Add(";;=;endpoint==")
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := ParseConnection(text); err == nil && (c.Endpoint == nil || c.Key.ID() == "") {
			t.Errorf("%q gave half a connection", text)
		}
	})
}
