package export

import (
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/storage"
)

var account = storage.Account{Name: "acme", Key: []byte("key"), BlobEndpoint: "https://acme.blob.core.windows.net"}

func testPlaces(folder string) *Places {
	return NewPlaces(PlacesConfig{Folder: folder, Accounts: func(name string) (storage.Account, bool) { return account, name == "acme" }})
}

func TestPlacesThatApplicationsName(t *testing.T) {
	const sas = "?sv=2024-11-04&sig=s3cret%3D"
	for _, test := range []struct{ address, base, wrong string }{
		{"https://other.blob.core.windows.net/c" + sas, "https://other.blob.core.windows.net/c", ""},
		{"https://other.blob.core.windows.net/c/" + sas, "https://other.blob.core.windows.net/c", ""},
		{"http://127.0.0.1:10000/devstoreaccount1/c" + sas, "http://127.0.0.1:10000/devstoreaccount1/c", ""},
		{"https://acme.blob.core.windows.net/c", "https://acme.blob.core.windows.net/c", ""},
		{"folder:///c", "folder:///c", ""},
		{"https://acme.blob.evil.test/c", "", "no shared access signature"}, // the key is for one endpoint
		{"https://other.blob.core.windows.net/c", "", "no shared access signature"},
		{"http://other.blob.core.windows.net/c" + sas, "", "https"},
		{"https://other.blob.core.windows.net/" + sas, "", "must look like"},
		{"https://other.blob.core.windows.net/a/b/c" + sas, "", "must look like"},
		{"https://user:s3cret@other.blob.core.windows.net/c", "", "must look like"},
		{"https://other.blob.core.windows.net/.x" + sas, "", "not the name of a container"},
		{"folder:///..", "", "not the name of a container"},
		{"s3://bucket", "", "not configured"},
		{"ftp://x/c?s3cret", "", "scheme"},
		{"https://x\x7f/s3cret", "", "not a URL"},
		{"", "", "scheme"},
		{"https://x/" + strings.Repeat("s3cret", 1000), "", "4096"},
	} {
		p := testPlaces(t.TempDir())
		at, err := p.open(test.address)
		if test.wrong != "" {
			if err == nil && p.Check(test.address) == nil || !strings.Contains(err.Error(), test.wrong) && !strings.Contains(err.Error(), "no server is configured") || strings.Contains(err.Error(), "s3cret") || !fault.Is(p.Check(test.address), fault.KindInvalid) {
				t.Errorf("%.100q: %v", test.address, err)
			}
			continue
		}
		if err != nil || at.base != test.base || at.location("a/b.wav") != test.base+"/a/b.wav" {
			t.Errorf("%q: %q, %v", test.address, at.base, err)
		}
	}
}

// TestFilesAreNamedAsDocumented: "Bring your own Azure storage overview".
func TestFilesAreNamedAsDocumented(t *testing.T) {
	began := time.Date(2026, 11, 29, 23, 30, 0, 0, time.FixedZone("", -3600))
	name := Name(began, "call-1", "eyJQbGF0Zm9ybUVuZHBvaW50", 2, AudioMP3, "0-doc")
	if name != "20261130/call-1/eyJQbGF0-5a6c717f-f906-5fb2-93d5-32737d69ccaf/2-audiomp3.0-doc.mp3" {
		t.Error(name)
	}
	if again := Name(began, "call-1", "eyJQbGF0Zm9ybUVuZHBvaW50", 2, AudioMP3, "0-doc"); again != name {
		t.Error("a second attempt has another name")
	}
	for part, end := range map[Part]string{Metadata: "0-acsmetadata.d.json", AudioWAV: "0-audiowav.d.wav", VideoMP4: "0-videomp4.d.mp4"} {
		if name := Name(began, "c", "id", 0, part, "d"); !strings.HasSuffix(name, "/"+end) || !strings.HasPrefix(name, "20261130/c/id-") {
			t.Error(name)
		}
	}
}
