package export

import (
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"

	"github.com/switchhook/switchhook/internal/storage"
	"github.com/switchhook/switchhook/internal/storage/azuritetest"
	"github.com/switchhook/switchhook/internal/storage/s3test"
)

// TestAzureTakesFiles by a signature in the URL, and by a configured account.
func TestAzureTakesFiles(t *testing.T) {
	emulator, err := storage.ParseAccount(azuritetest.Start(t))
	if err != nil {
		t.Fatal(err)
	}
	azuritetest.MakeContainer(t, emulator.BlobEndpoint, "kept")
	container, err := storage.NewBlobs(emulator, "kept", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, query string
		known       bool
	}{{"signature", "?" + signature(t, emulator, "kept"), false}, {"account", "", true}} {
		f := newFixture(t, NewPlaces(PlacesConfig{Accounts: func(name string) (storage.Account, bool) { return emulator, test.known && name == emulator.Name }}))
		job := f.submit(t, test.name, emulator.BlobEndpoint+"/kept"+test.query)
		r := <-f.results
		if r.Failed != nil || r.Storage != AzureBlob || r.Locations[1] != emulator.BlobEndpoint+"/kept/"+test.name+"/0-acsmetadata.d.json" {
			t.Errorf("%s: %+v", test.name, r)
		}
		check(t, container, job)
		f.Close()
	}
}

// signature lets somebody write into a container.
func signature(t *testing.T, account storage.Account, container string) string {
	t.Helper()
	credential, err := azblob.NewSharedKeyCredential(account.Name, account.EncodedKey())
	if err != nil {
		t.Fatal(err)
	}
	values := sas.BlobSignatureValues{
		Protocol: sas.ProtocolHTTPSandHTTP, ExpiryTime: time.Now().UTC().Add(time.Hour), ContainerName: container,
		Permissions: (&sas.ContainerPermissions{Create: true, Write: true}).String(),
	}
	query, err := values.SignWithSharedKey(credential)
	if err != nil {
		t.Fatal(err)
	}
	return query.Encode()
}

func TestS3TakesFiles(t *testing.T) {
	server := s3test.Start(t, "kept")
	s3 := storage.S3{Endpoint: server.Host, Region: "us-east-1", AccessKey: s3test.AccessKey, SecretKey: s3test.SecretKey, Plain: true}
	f := newFixture(t, NewPlaces(PlacesConfig{S3: &s3}))
	defer f.Close()
	job := f.submit(t, "r1", "s3://kept")
	if r := <-f.results; r.Failed != nil || r.Storage != S3 || r.Locations[0] != "s3://kept/r1/0-audiowav.d.wav" {
		t.Errorf("%+v", r)
	}
	container, err := storage.NewBucket(s3, "kept", nil)
	if err != nil {
		t.Fatal(err)
	}
	check(t, container, job)
}
