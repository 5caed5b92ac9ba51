package storage

import (
	"strings"
	"testing"
)

func TestStorageAccountsAreRead(t *testing.T) {
	for _, test := range []struct{ text, blob, queue, wrong string }{
		{text: "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=a2V5;EndpointSuffix=core.windows.net", blob: "https://acme.blob.core.windows.net", queue: "https://acme.queue.core.windows.net"},
		{text: "AccountName=acme;AccountKey=a2V5;", blob: "https://acme.blob.core.windows.net", queue: "https://acme.queue.core.windows.net"},
		{text: "UseDevelopmentStorage=true", blob: "http://127.0.0.1:10000/devstoreaccount1", queue: "http://127.0.0.1:10001/devstoreaccount1"},
		{text: "AccountName=acme;SharedAccessSignature=?sv=1&sig=x%3D;QueueEndpoint=https://q.test/", blob: "https://acme.blob.core.windows.net", queue: "https://q.test"},
		{text: "AccountName=acme;TokenFile=/run/token", blob: "https://acme.blob.core.windows.net", queue: "https://acme.queue.core.windows.net"},
		{text: "AccountName=acme;TokenEndpoint=managed", blob: "https://acme.blob.core.windows.net", queue: "https://acme.queue.core.windows.net"},
		{text: "AccountName=acme;TokenEndpoint=nowhere", wrong: "TokenEndpoint"},
		{text: "AccountName=acme;TokenFile=/run/token;TokenEndpoint=managed", wrong: "only one"},
		{text: "AccountName=acme;TokenFile=/run/token;AccountKey=a2V5", wrong: "only one"},
		{text: "AccountName=acme;TokenFile=/run/token;DefaultEndpointsProtocol=http", wrong: "https"},
		{text: "AccountName=acme", wrong: "AccountKey"},
		{text: "AccountKey=a2V5", wrong: "AccountName"},
		{text: "AccountName=acme;AccountKey=s3cret!", wrong: "base64"},
		{text: "AccountName=acme;AccountKey=a2V5;BlobEndpoint=nowhere", wrong: "blobendpoint"},
		{text: "s3cret", wrong: "part 1"},
	} {
		got, err := ParseAccount(test.text)
		if test.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), test.wrong) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%s: %v", test.text, err)
			}
			continue
		}
		if err != nil || got.BlobEndpoint != test.blob || got.QueueEndpoint != test.queue {
			t.Errorf("%s: %+v, %v", test.text, got, err)
		}
	}
}

func FuzzParseAccount(f *testing.F) {
	f.Add("UseDevelopmentStorage=true")
	f.Add(emulator)
	f.Fuzz(func(t *testing.T, text string) {
		if a, err := ParseAccount(text); err == nil && (a.Name == "" || len(a.Key) == 0 && a.SAS == "" && a.Token == Token{}) {
			t.Errorf("%q became %+v", text, a)
		}
	})
}
