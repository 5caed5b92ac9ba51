package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/storage/azuritetest"
	"github.com/switchhook/switchhook/internal/storage/s3test"
)

// places start a server for each kind of container. Its function makes an empty
// container, and one that does not exist.
var places = []struct {
	name  string
	start func(t *testing.T) func(t *testing.T, name string) (there, missing Container)
}{
	{"folder", func(t *testing.T) func(*testing.T, string) (there, missing Container) {
		dir := t.TempDir()
		return func(_ *testing.T, name string) (there, missing Container) {
			return must(NewFolder(dir, name)), must(NewFolder(dir, "missing"))
		}
	}},
	{"azure", func(t *testing.T) func(*testing.T, string) (there, missing Container) {
		account, err := ParseAccount(azuritetest.Start(t))
		if err != nil {
			t.Fatal(err)
		}
		return func(t *testing.T, name string) (there, missing Container) {
			azuritetest.MakeContainer(t, account.BlobEndpoint, name)
			return must(NewBlobs(account, name, nil)), must(NewBlobs(account, "missing", nil))
		}
	}},
	{"s3", func(*testing.T) func(*testing.T, string) (there, missing Container) {
		return func(t *testing.T, name string) (there, missing Container) {
			server := onS3(s3test.Start(t, name))
			return must(NewBucket(server, name, nil)), must(NewBucket(server, "missing", nil))
		}
	}},
}

// promises are what every container keeps, wherever it is.
var promises = []struct {
	name string
	test func(t *testing.T, there, missing Container)
}{
	{"file is read as it was put", fileIsReadAsItWasPut},
	{"file is read from any offset", fileIsReadFromAnyOffset},
	{"large file is put in parts", largeFileIsPutInParts},
	{"files are listed in order, page by page", filesAreListedInOrder},
	{"removed file is gone", removedFileIsGone},
	{"missing container is not found", missingContainerIsNotFound},
	{"broken content is not stored", brokenContentIsNotStored},
	{"put ends with its context", putEndsWithItsContext},
	{"names that are refused", namesThatAreRefused},
}

func TestEveryContainerKeepsItsPromises(t *testing.T) {
	for _, place := range places {
		t.Run(place.name, func(t *testing.T) {
			open := place.start(t)
			for i, promise := range promises {
				t.Run(promise.name, func(t *testing.T) {
					there, missing := open(t, fmt.Sprint("files", i))
					promise.test(t, there, missing)
				})
			}
		})
	}
}

func onS3(server *s3test.Server) S3 {
	return S3{Endpoint: server.Host, Region: "us-east-1", AccessKey: s3test.AccessKey, SecretKey: s3test.SecretKey, Plain: true}
}

func must(c Container, err error) Container {
	if err != nil {
		panic(err)
	}
	return c
}

// put stores a text; it hides its length, as a pipe does.
func put(t *testing.T, c Container, name, text string, as Properties) {
	t.Helper()
	if err := c.Put(t.Context(), name, io.MultiReader(strings.NewReader(text)), as); err != nil {
		t.Fatalf("put %s: %v", name, err)
	}
}

func get(t *testing.T, c Container, name string, offset, length int64) (string, Info) {
	t.Helper()
	file, err := c.Get(t.Context(), name, offset, length)
	if err != nil {
		t.Fatalf("get %s: %v", name, err)
	}
	text, err := io.ReadAll(file)
	if err = errors.Join(err, file.Close()); err != nil {
		t.Fatalf("read %s: %v", name, err)
	}
	return string(text), file.Info
}

func names(t *testing.T, c Container, prefix string) (found []string) {
	t.Helper()
	for info, err := range Walk(t.Context(), c, prefix) {
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, info.Name)
	}
	return found
}

func fileIsReadAsItWasPut(t *testing.T, c, _ Container) {
	for _, test := range []struct {
		name, text string
		as         Properties
		want       string // content type
	}{
		{"A/1.json", `["a"]`, Properties{ContentType: "application/json; charset=utf-8"}, "application/json; charset=utf-8"},
		{"A/1.json", `["b"]`, Properties{ContentType: "text/plain"}, "text/plain"}, // it replaces the other
		{"call.wav", "RIFF", Properties{ContentType: "audio/wav", Metadata: map[string]string{"Recording_id": "r 1", "callid": "c2"}}, "audio/wav"},
		{"call.wav", "RIFF2", Properties{ContentType: "audio/wav"}, "audio/wav"},
		{"no type", "x", Properties{}, "application/octet-stream"},
		{"empty", "", Properties{}, "application/octet-stream"},
		{"Größe/日本.txt", "x", Properties{ContentType: "text/plain"}, "text/plain"},
	} {
		put(t, c, test.name, test.text, test.as)
		got, info := get(t, c, test.name, 0, -1)
		if got != test.text || info.Size != int64(len(test.text)) || info.Name != test.name || info.ContentType != test.want || info.Modified.IsZero() {
			t.Errorf("%s: got %q, %+v", test.name, got, info)
		}
		want := lowered(test.as.Metadata, func(s string) string { return s })
		if !maps.Equal(info.Metadata, want) {
			t.Errorf("%s: metadata %v, want %v", test.name, info.Metadata, want)
		}
	}
}

func fileIsReadFromAnyOffset(t *testing.T, c, _ Container) {
	put(t, c, "a", "0123456789", Properties{})
	for _, test := range []struct {
		offset, length int64
		want           string
	}{{0, -1, "0123456789"}, {0, 3, "012"}, {4, -1, "456789"}, {4, 2, "45"}, {9, 5, "9"}, {0, 100, "0123456789"}, {3, 0, ""}} {
		if got, info := get(t, c, "a", test.offset, test.length); got != test.want || info.Size != 10 {
			t.Errorf("%d bytes from %d: %q, size %d", test.length, test.offset, got, info.Size)
		}
	}
	for _, offset := range []int64{10, 11, -1} {
		if file, err := c.Get(t.Context(), "a", offset, -1); err == nil {
			file.Close()
			t.Errorf("a read from %d of 10 bytes succeeds", offset)
		}
	}
}

// largeFileIsPutInParts: several blocks or parts, of a reader of unknown length.
func largeFileIsPutInParts(t *testing.T, c, _ Container) {
	large := bytes.Repeat([]byte("0123456789abcdef"), (2*partSize+blockSize)/16)
	if err := c.Put(t.Context(), "large", io.MultiReader(bytes.NewReader(large)), Properties{}); err != nil {
		t.Fatal(err)
	}
	if got, _ := get(t, c, "large", 0, -1); got != string(large) {
		t.Errorf("read %d bytes of %d", len(got), len(large))
	}
	if got, _ := get(t, c, "large", partSize-3, 6); got != "def012" {
		t.Errorf("read %q at the seam", got)
	}
}

func filesAreListedInOrder(t *testing.T, c, _ Container) {
	all := []string{"A-B/1", "A/1.json", "A/2.json", "A/B/1", "AB/1"} // "-" is before "/"
	for _, name := range slices.Backward(all) {
		put(t, c, name, name, Properties{Metadata: map[string]string{"a": "b"}})
	}
	for prefix, want := range map[string][]string{
		"": all, "A/": all[1:4], "A": all, "A/B/": all[3:4], "A/2": all[2:3], "none/": nil, "A/1.json": all[1:2], "../": nil,
	} {
		if got := names(t, c, prefix); !slices.Equal(got, want) {
			t.Errorf("prefix %q: %v, want %v", prefix, got, want)
		}
	}
	var got []string
	for from, pages := "", 0; ; pages++ {
		page, err := c.List(t.Context(), "", from, 2)
		if err != nil || len(page.Files) > 2 || pages > 5 {
			t.Fatalf("page %d: %+v, %v", pages, page, err)
		}
		for _, info := range page.Files {
			if got = append(got, info.Name); info.Size != int64(len(info.Name)) {
				t.Errorf("listed %+v", info)
			}
		}
		if from = page.Next; from == "" {
			break
		}
	}
	if !slices.Equal(got, all) {
		t.Errorf("page by page: %v", got)
	}
}

func removedFileIsGone(t *testing.T, c, _ Container) {
	put(t, c, "a/1", "x", Properties{Metadata: map[string]string{"k": "v"}})
	put(t, c, "a/2", "x", Properties{})
	if err := c.Remove(t.Context(), "a/1"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Get(t.Context(), "a/1", 0, -1); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if got := names(t, c, ""); !slices.Equal(got, []string{"a/2"}) {
		t.Errorf("left are %v", got)
	}
	put(t, c, "a/1", "y", Properties{})
	if _, info := get(t, c, "a/1", 0, -1); len(info.Metadata) > 0 {
		t.Errorf("metadata of the removed file: %v", info.Metadata)
	}
}

func missingContainerIsNotFound(t *testing.T, _, c Container) {
	if _, made := c.(*folder); made {
		t.Skip("a folder is made when it is needed")
	}
	var answer *Error
	err := c.Put(t.Context(), "a", strings.NewReader("x"), Properties{})
	if !errors.As(err, &answer) || answer.Status != http.StatusNotFound || !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if _, err := c.List(t.Context(), "", "", 10); !errors.Is(err, ErrNotFound) {
		t.Errorf("list: %v", err)
	}
}

// brokenContentIsNotStored: a file is whole, or it is the one before.
func brokenContentIsNotStored(t *testing.T, c, _ Container) {
	broken := errors.New("the recorder has stopped")
	put(t, c, "a", "before", Properties{})
	for _, n := range []int{0, 10, partSize + 10} {
		content := io.MultiReader(bytes.NewReader(make([]byte, n)), failing{broken})
		if err := c.Put(t.Context(), "a", content, Properties{}); !errors.Is(err, broken) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
	if got, _ := get(t, c, "a", 0, -1); got != "before" {
		t.Errorf("got %d bytes", len(got))
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func putEndsWithItsContext(t *testing.T, c, _ Container) {
	given := errors.New("the retention has passed")
	ctx, cancel := context.WithCancelCause(t.Context())
	content := io.MultiReader(strings.NewReader("x"), hook(func() { cancel(given) }), endless{})
	done := make(chan error, 1)
	go func() { done <- c.Put(ctx, "a", content, Properties{}) }()
	select {
	case err := <-done:
		if !errors.Is(err, given) {
			t.Errorf("got %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("it goes on")
	}
	if got := names(t, c, ""); len(got) != 0 {
		t.Errorf("there are %v", got)
	}
}

// hook does something when it is read, and has no content.
type hook func()

func (h hook) Read([]byte) (int, error) { h(); return 0, io.EOF }

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func namesThatAreRefused(t *testing.T, c, _ Container) {
	for _, name := range []string{
		"", ".", "..", "/a", "a/", "a//b", "../a", "a/../b", "a/./b", `a\b`, `..\a`, "c:a", ".hidden", "a/.b", "a/b.", "a ", "a\x00b", "a\nb", "a?b",
		strings.Repeat("x", maxPart+1), strings.Repeat("x/", maxName/2) + "x",
	} {
		err := c.Put(t.Context(), name, strings.NewReader("x"), Properties{})
		var answer *Error
		if !errors.As(err, &answer) || answer.Status != http.StatusBadRequest {
			t.Errorf("put %.20q: %v", name, err)
		}
		if _, err := c.Get(t.Context(), name, 0, -1); err == nil {
			t.Errorf("get %.20q succeeds", name)
		}
		if err := c.Remove(t.Context(), name); err == nil {
			t.Errorf("remove %.20q succeeds", name)
		}
	}
	for _, as := range []Properties{
		{Metadata: map[string]string{"a-b": "x"}}, {Metadata: map[string]string{"a": "x\r\ny"}}, {Metadata: map[string]string{"a": strings.Repeat("x", maxMetadata)}},
		{ContentType: "text/plain\r\nx: y"},
	} {
		if err := c.Put(t.Context(), "a", strings.NewReader("x"), as); err == nil {
			t.Errorf("%.60q is accepted", as)
		}
	}
}
